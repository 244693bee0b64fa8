"""Wide reads, the same for all lists of one kind of rows (ADR 0054).

What tells which rows are meant stays a query of its own, of one column and quickly built, or a list of ids. It stands
in the place of MARK in the wide one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from chassis.django.prepared.parameters import Statement, stored

MARK = "prepared.query"
Convert = Callable[[Any, Any, Any], Any]
Sql = tuple[str, Sequence[Any]]
Row = dict[str, Any]
_LISTED = {"postgresql": "SELECT unnest(%s::uuid[])", "sqlite": "SELECT value FROM json_each(%s)"}


@dataclass(frozen=True, slots=True)
class Read:
    """A query of ``values``: before and after the place of MARK."""

    before: Statement
    after: Statement
    names: Sequence[str]
    converters: Mapping[str, tuple[Sequence[Convert], Any]]

    def rows(self, meant: Sql, *arguments: Any) -> Iterator[Row]:
        """What ``values`` would give of the rows that are meant, whose ids the other SQL gives."""
        sql, params = meant
        before, after = (part.with_arguments(arguments) for part in (self.before, self.after))
        with connection.cursor() as cursor:
            cursor.execute(self.before.sql + sql + self.after.sql, [*before, *params, *after])
            found = cursor.fetchall()
        for values in found:
            row = dict(zip(self.names, values, strict=True))
            for name, (converters, expression) in self.converters.items():
                for convert in converters:
                    row[name] = convert(row[name], expression, connection)
            yield row


def read(queryset: "QuerySet[Any, Any]", *stand_ins: Any) -> Read:
    """What a queryset of ``values`` asks, in which ``meant()`` stands for the ids that are meant.

    Each of ``stand_ins`` in it stands for one of the arguments of ``rows``.
    """
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    before, after = sql.split(MARK)
    split = before.count("%s")
    parts = Statement.of(before, params[:split], stand_ins), Statement.of(after, params[split:], stand_ins)
    names = list(queryset.query.selected or ())
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return Read(*parts, names, {names[n]: c for n, c in converters.items()})


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
    """SQL of these ids, in one parameter."""
    return _LISTED[connection.vendor], [stored(list(ids))]
