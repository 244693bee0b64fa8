"""Writing very many rows: by COPY on PostgreSQL, many at once elsewhere."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model
from django.db.models.fields import NOT_PROVIDED

Row = dict[str, Any]
AT_ONCE = 500
"""Rows that are handed to the connection together: each time costs more than a row."""
MEMORY = "512MB"
"""For making an index."""

# Primary keys stay: others refer to them, and keys that only grow are put into an index quickly.
_MADE_AFTERWARDS = """
SELECT CASE contype WHEN 'u' THEN 1 ELSE 3 END AS turn,
    format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('u', 'f')
UNION ALL
SELECT 2, format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%(tables)s::regclass[])
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY turn
"""


def rows_write(model: type[Model], rows: Iterable[Row]) -> None:
    """New rows of a table, each by the names of its columns; of those that are absent each has the model's default."""
    if connection.vendor == "postgresql":
        _copy(model, rows)
    else:
        model._default_manager.bulk_create(model(**row) for row in rows)


def rows_copy(table: str, columns: Collection[str], rows: Iterable[Sequence[Any]]) -> None:
    """New rows of a table of PostgreSQL, each with a value for each of the columns."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN") as copy,
    ):
        lines = ("\t".join(map(_text, row)) + "\n" for row in rows)
        while some := "".join(islice(lines, AT_ONCE)):
            copy.write(some)


@contextmanager
def indexes_made_afterwards(models: Iterable[type[Model]]) -> Iterator[None]:
    """Write very many rows of these models in the block, which is to be in one transaction.

    PostgreSQL makes its indexes, and looks whether all that is referred to is there, faster of all rows than of one
    after the other. Others wait for the tables meanwhile; if anything fails, all is as it was.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_MADE_AFTERWARDS, {"tables": [model._meta.db_table for model in models]})
        parts = cursor.fetchall()
        for _, drop, _ in reversed(parts):
            cursor.execute(drop)
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{MEMORY}'")
        for _, _, make in parts:
            cursor.execute(make)


def _copy(model: type[Model], rows: Iterable[Row]) -> None:
    fields = [field for field in model._meta.concrete_fields if not _is_databases_own(field)]
    absent = {field.attname: field.get_default() for field in fields}
    as_json = [field.attname for field in fields if isinstance(field, JSONField)]

    def whole(row: Row) -> list[Any]:
        told = absent | row
        for name in as_json:
            told[name] = json.dumps(told[name], ensure_ascii=False)
        return [told[name] for name in absent]

    rows_copy(model._meta.db_table, [str(field.column) for field in fields], map(whole, rows))


def _text(value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return r"\N"
    if not isinstance(value, str):
        return str(value)
    return value.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


def _is_databases_own(field: "Field[Any, Any]") -> bool:
    """Whether the database gives the value."""
    return isinstance(field, AutoField) or field.db_default is not NOT_PROVIDED
