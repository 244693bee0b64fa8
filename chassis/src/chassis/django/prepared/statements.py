"""Statements whose arguments alone are others each time (ADR 0056).

    @prepared
    def session_of(session_id: UUID) -> QuerySet[Session]:
        return Session.objects.select_related("user").filter(id=session_id)

    session_of(some_id)  # a list of sessions

The function is called once, with stand-ins for its arguments, which are found again among the parameters and replaced
each time. So it may compare with its arguments, or set them, and nothing else: what it decides it decides for good.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, wraps
from inspect import get_annotations
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.transaction import TransactionManagementError

from chassis.django.prepared.parameters import Statement

P = ParamSpec("P")
T = TypeVar("T")
Read = Callable[[Sequence[Any]], Any]
ReadAll = Callable[[list[Any]], list[Any]]

_STAND_INS: Mapping[type, Callable[[int], Any]] = {
    UUID: lambda number: UUID(int=(0x0190FFFF << 96) + number),
    datetime: lambda number: datetime(1583, 1, 1, microsecond=number, tzinfo=UTC),
    int: lambda number: 2_000_000_000 + number,
    str: lambda number: f"stands for argument {number}",
    bytes: lambda number: b"stands for argument %d" % number,
}


def prepared(build: "Callable[P, QuerySet[Any, T]]") -> Callable[P, list[T]]:
    """Decorate a function that makes a query of instances or of ``values_list``; it gives its rows."""

    @cache
    def made() -> tuple[Statement, ReadAll, bool]:
        stand_ins = _stand_ins(build)
        queryset = _called(build, stand_ins)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return (
            _with_all(Statement.of(sql, params, stand_ins), stand_ins),
            _reader(queryset, compiler),
            queryset.query.select_for_update,
        )

    @wraps(build)
    def rows(*arguments: P.args, **named: P.kwargs) -> list[T]:
        assert not named
        statement, read, locks = made()
        if locks and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked in a transaction.")
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.with_arguments(arguments))
            return read(cursor.fetchall())

    return rows


def prepared_update(build: Callable[P, tuple["QuerySet[Any]", dict[str, Any]]]) -> Callable[P, int]:
    """Decorate a function that says of which rows which columns are set; it sets them, and gives of how many."""

    @cache
    def made() -> Statement:
        stand_ins = _stand_ins(build)
        queryset, values = _called(build, stand_ins)
        query = queryset.query.chain(UpdateQuery)
        query.add_update_values(values)
        sql, params = query.get_compiler(connection=connection).as_sql()
        return _with_all(Statement.of(sql, params, stand_ins), stand_ins)

    @wraps(build)
    def update(*arguments: P.args, **named: P.kwargs) -> int:
        assert not named
        statement = made()
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.with_arguments(arguments))
            changed: int = cursor.rowcount
        return changed

    return update


def insert(instance: Model) -> None:
    """Save a new instance whose key it has already; no signal tells of it."""
    _execute(*_insertion(type(instance)), instance)
    instance._state.adding, instance._state.db = False, connection.alias


def update(instance: Model) -> None:
    """Save an instance whose row is there, all of it; no signal tells of it."""
    _execute(*_replacement(type(instance)), instance)


def _execute(sql: str, fields: "Sequence[Field[Any, Any]]", instance: Model) -> None:
    own = connections[DEFAULT_DB_ALIAS]  # of which fields ask a lot: `connection` looks for it each time
    params = [field.get_db_prep_save(getattr(instance, field.attname), own) for field in fields]
    with own.cursor() as cursor:
        cursor.execute(sql, params)


@cache
def _replacement(model: type[Model]) -> tuple[str, "Sequence[Field[Any, Any]]"]:
    name, key = connection.ops.quote_name, model._meta.pk
    fields = [field for field in model._meta.local_concrete_fields if field is not key]
    columns = ", ".join(f"{name(str(field.column))} = %s" for field in fields)
    sql = f"UPDATE {name(model._meta.db_table)} SET {columns} WHERE {name(str(key.column))} = %s"  # noqa: S608  names
    return sql, [*fields, key]


@cache
def _insertion(model: type[Model]) -> tuple[str, "Sequence[Field[Any, Any]]"]:
    fields = model._meta.local_concrete_fields
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    ((sql, _),) = query.get_compiler(connection=connection).as_sql()
    return sql, fields


def _called(build: Callable[..., Any], stand_ins: Sequence[Any]) -> Any:
    return build(*stand_ins)


def _with_all(statement: Statement, stand_ins: Sequence[Any]) -> Statement:
    """The statement; raises ValueError where an argument is not found again among its parameters."""
    if statement.arguments != set(range(len(stand_ins))):
        raise ValueError(f"An argument is no parameter, as it came, of {statement.sql}")
    return statement


def _stand_ins(build: Callable[..., Any]) -> list[Any]:
    kinds = [kind for name, kind in get_annotations(build).items() if name != "return"]
    return [_STAND_INS[kind](number) for number, kind in enumerate(kinds)]


def _reader(queryset: "QuerySet[Any, Any]", compiler: Any) -> ReadAll:
    """What makes instances or tuples of rows, as iterating over the queryset does."""
    converters = compiler.get_converters([column[0] for column in compiler.select]).items()

    def converted(row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for at, (converts, expression) in converters:
            for convert in converts:
                values[at] = convert(values[at], expression, connection)
        return values

    if queryset._iterable_class is ModelIterable:  # noqa: SLF001  only it tells rows from models
        of_model = _model_reader(compiler)
        return lambda rows: [of_model(converted(row)) for row in rows]
    return (lambda rows: [tuple(converted(row)) for row in rows]) if converters else (lambda rows: rows)


def _model_reader(compiler: Any) -> Read:
    """What makes model instances of converted values; with ``select_related`` the related instances go along."""
    info, select, alias = compiler.klass_info, compiler.select, connection.alias
    begin, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[begin:end]]
    populators: Any = get_related_populators  # which the stubs know of a later Django
    related = [populator.populate for populator in populators(info, select, alias)]

    def read(values: Sequence[Any]) -> Any:
        instance = info["model"].from_db(alias, names, values[begin:end])
        for populate in related:
            populate(values, instance)
        return instance

    return read
