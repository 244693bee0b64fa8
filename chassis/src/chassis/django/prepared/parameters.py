"""Parameters of SQL that is kept: which of them are arguments, and what the database gets for them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, its parameters, and which of them are which argument."""

    sql: str
    params: Sequence[Any]
    places: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, sql: str, params: Sequence[Any], stand_ins: Sequence[Any]) -> "Statement":
        """The SQL of a query in which each of ``stand_ins`` stands for an argument; it may be there more than once."""
        kept = [_plain(stored(each)) for each in stand_ins]
        plain = enumerate(map(_plain, params))
        return cls(sql, params, [(at, kept.index(param)) for at, param in plain if param in kept])

    @property
    def arguments(self) -> set[int]:
        """The arguments that are found among the parameters."""
        return {argument for _, argument in self.places}

    def with_arguments(self, arguments: Sequence[Any]) -> list[Any]:
        """The parameters, with these in their places."""
        params = list(self.params)
        for at, argument in self.places:
            params[at] = stored(arguments[argument])
        return params


def stored(value: Any) -> Any:
    """A value, or a list of keys, as Django gives it to the database."""
    convert = _conversions().get(type(value))
    return convert(value) if convert else value


@cache
def _conversions() -> dict[type, Callable[[Any], Any]]:
    """How values are converted that the database does not take as they are."""
    driver: Any = connection
    found = {datetime: connection.ops.adapt_datetimefield_value, bytes: driver.Database.Binary}
    if connection.features.has_native_uuid_field:
        return found
    return found | {UUID: lambda key: key.hex, list: lambda keys: json.dumps([stored(key) for key in keys])}


def _plain(param: Any) -> Any:
    """A parameter in a form that can be compared: drivers wrap bytes."""
    return bytes(param) if isinstance(param, memoryview) else getattr(param, "obj", param)
