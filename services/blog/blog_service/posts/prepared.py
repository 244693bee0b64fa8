"""Reading posts by SQL that Django makes once: to build these queries takes it longer than the database to answer them.

What tells which rows are meant stays a query of its own, of one column and quickly built, or a list of ids. It stands
in the place of MARK in the wide one, which is the same for all lists.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

MARK = "prepared.query"
SOMEBODY = UUID("0190ffff-0000-7000-8000-00000000feed")
"""Stands for who reads, in queries that are prepared."""
REMEMBERED = 500
"""Queries: sets of columns, orders, and whether somebody reads."""
Convert = Callable[[Any, Any, Any], Any]
Sql = tuple[str, Sequence[Any]]
Row = dict[str, Any]
_LISTED = {"postgresql": "SELECT unnest(%s::uuid[])", "sqlite": "SELECT value FROM json_each(%s)"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query of ``values``: its SQL before and after the place of MARK, with the parameters of each."""

    before: str
    after: str
    params_before: Sequence[Any]
    params_after: Sequence[Any]
    names: Sequence[str]
    converters: Mapping[str, tuple[Sequence[Convert], Any]]

    def rows(self, meant: Sql, reader: UUID | None = None) -> Iterator[Row]:
        """What ``values`` would give of the rows that are meant, whose ids the other SQL gives."""
        sql, params = meant
        before = said(self.params_before, SOMEBODY, reader) if reader else self.params_before
        with connection.cursor() as cursor:
            cursor.execute(self.before + sql + self.after, [*before, *params, *self.params_after])
            found = cursor.fetchall()
        for values in found:
            row = dict(zip(self.names, values, strict=True))
            for name, (converters, expression) in self.converters.items():
                for convert in converters:
                    row[name] = convert(row[name], expression, connection)
            yield row


def prepared(queryset: "QuerySet[Any, Any]") -> Prepared:
    """What a queryset of ``values`` asks, in which ``meant()`` stands for the ids that are meant."""
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    before, after = sql.split(MARK)
    split = before.count("%s")
    names = list(queryset.query.selected or ())
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return Prepared(before, after, params[:split], params[split:], names, {names[n]: c for n, c in converters.items()})


def meant() -> RawSQL:
    """What stands for ids in a query that is being prepared."""
    return RawSQL(MARK, [])  # noqa: S611  no SQL of anybody


def keys_of(queryset: "QuerySet[Any, Any]") -> Sql | None:
    """What a queryset asks, for the ids of its rows; None where Django knows that there are none."""
    try:
        return queryset.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return None


def listed(ids: Sequence[UUID]) -> Sql:
    """These ids."""
    return _LISTED[connection.vendor], [stored(ids)]


def said(params: Sequence[Any], stand_in: Any, value: Any) -> list[Any]:
    """Parameters in which something stood for a value."""
    before, after = stored(stand_in), stored(value)
    return [after if type(param) is type(before) and param == before else param for param in params]


def stored(value: Any) -> Any:
    """As Django gives a key, a list of keys or a text to the database."""
    if connection.features.has_native_uuid_field:
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return json.dumps([key.hex for key in value])
    return value.hex if isinstance(value, UUID) else value
