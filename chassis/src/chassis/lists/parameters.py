"""What may stand in the query of a list: said once, for the documentation and for who reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.problems import Problem

LONGEST = 200
"""Characters of a value, unless its schema says ``maxLength``."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query; ``schema`` is in the contract, ``refused_as`` the code of a wrong value."""

    name: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    description: str = ""
    refused_as: str = "filter_invalid"

    @property
    def longest(self) -> int:
        return int(self.schema.get("maxLength", LONGEST))

    def invalid(self, detail: str) -> Problem:
        """The 400 for a value that makes no sense."""
        return Problem(400, self.refused_as, f"{self.name}: {detail}")


def unknown(name: str, known: Iterable[str]) -> Problem:
    """The 400 for a parameter that a list does not have."""
    detail = f"There is no such filter; there are: {', '.join(sorted(known))}."
    return Problem(400, "filter_unknown", f"{name[:LONGEST]}: {detail}")


def sized(name: str) -> Parameter:
    """How many rows to a page, see ``size_of``."""
    schema = {"type": "integer", "minimum": 1, "default": DEFAULT_SIZE}
    return Parameter(name, schema, f"{DEFAULT_SIZE} unless given; more than {MOST} means {MOST}")


DEFAULT_SIZE, MOST = 20, 100
