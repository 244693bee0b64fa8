"""Writing very many rows: by COPY on PostgreSQL, many at once elsewhere."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model
from django.db.models.fields import NOT_PROVIDED

Row = dict[str, Any]


def rows_write(model: type[Model], rows: Iterable[Row]) -> None:
    """New rows of a table, each by the names of its columns; of those that are absent each has the model's default."""
    if connection.vendor == "postgresql":
        _copy(model, rows)
    else:
        model._default_manager.bulk_create(model(**row) for row in rows)


def _copy(model: type[Model], rows: Iterable[Row]) -> None:
    fields = [field for field in model._meta.concrete_fields if not _is_databases_own(field)]
    absent = {field.attname: field.get_default() for field in fields}
    as_json = [field.attname for field in fields if isinstance(field, JSONField)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(model._meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            whole = absent | row
            for name in as_json:
                whole[name] = json.dumps(whole[name], ensure_ascii=False)
            copy.write_row([whole[name] for name in absent])


def _is_databases_own(field: "Field[Any, Any]") -> bool:
    """Whether the database gives the value."""
    return isinstance(field, AutoField) or field.db_default is not NOT_PROVIDED
