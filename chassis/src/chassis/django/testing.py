"""For the tests of Django services."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresConnection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.fields import Field, HiddenField

from chassis.django.access import template
from chassis.django.bodies import Body, fields_within
from chassis.django.migrations import pending
from chassis.django.settings import database
from chassis.testing.contract import Contract


@cache
def contract() -> Contract:
    """The contract of the service whose settings these are."""
    return Contract(settings.SERVICE_SETTINGS.service)


def walk_to_another_key(has: Callable[[str, str], None], works: Callable[[], bool], old: str, fallback: str) -> None:
    """The steps of docs/how-to/rotate-keys.md: all ``works`` at each, and afterwards the old key is of no use.

    ``has`` gives the service its key and its fallback, whose variable has the name ``fallback``.
    """
    new = "n" * 32
    for key, other in ((old, new), (new, old)):
        has(key, other)
        assert works()
    call_command("reseal")
    has(new, "")
    assert works()
    has(old, "")
    refused = ""
    try:
        call_command("reseal")
    except CommandError as error:
        refused = str(error)
    assert fallback in refused


def bodies_that_remember() -> list[str]:
    """Fields of the service's bodies that would carry something from one request to another: bodies are kept."""
    assert get_resolver().url_patterns, "which imports them"
    found = [(body, field) for body in _subclasses(Body) for field in fields_within(body())]
    assert len(found) > 10
    return [
        f"{body.__name__}: {field.field_name or type(field).__name__}" for body, field in found if _remembers(field)
    ]


def _subclasses(body: type[Body]) -> set[type[Body]]:
    return {body}.union(*(_subclasses(each) for each in body.__subclasses__()))


def _remembers(field: "Field[Any, Any, Any, Any]") -> bool:
    wants_context = any(getattr(each, "requires_context", False) for each in (*field.validators, field.default))
    return wants_context or isinstance(field, HiddenField) or isinstance(field.default, list | dict | set)


class ApiResponse:
    """What an API answered, as its contract says; ``body`` is its JSON, None where there is none."""

    def __init__(self, response: Any) -> None:
        asked = response.wsgi_request
        media_type = response.headers.get("Content-Type", "")
        content = response.getvalue()  # of one that streams, too
        contract().hold(asked.method, asked.path, response.status_code, media_type, content)
        self.status: int = response.status_code
        self.headers = response.headers
        is_json = media_type.partition(";")[0].endswith("json")
        self.body: Any = json.loads(content) if is_json and content else None

    def __repr__(self) -> str:
        return f"{self.status} {self.body}"


def assert_pending_is_what_django_says(url: str, apps: Mapping[str, str]) -> None:
    """Compare, without Django and by its plan, what the database at ``url`` lacks while it is migrated in steps."""
    counts = []
    for missing in migrated_in_steps(url):
        assert set(pending(url, apps)) == missing
        counts.append(len(missing))
    assert counts[0] > counts[1] > counts[2] == counts[3] == 0


def migrated_in_steps(url: str) -> Iterator[set[str]]:
    """Migrate the empty database at ``url``: not at all, half, wholly, and beyond what the code has.

    Gives after each step what is missing by the plan that Django makes.
    """
    connections.settings["stepwise"] = connections.settings["default"] | database(url, "its URL")
    connection = connections["stepwise"]
    try:
        yield _missing(connection)
        half = len(_plan(connection)) // 2
        for steps in (slice(half), slice(None)):
            MigrationExecutor(connection).migrate([], plan=_plan(connection)[steps])
            yield _missing(connection)
        MigrationRecorder(connection).record_applied("auth", "9999_of_a_newer_release")
        yield _missing(connection)
    finally:
        connection.close()
        if isinstance(connection, PostgresConnection):
            connection.close_pool()
        del connections["stepwise"], connections.settings["stepwise"]


def _missing(connection: Any) -> set[str]:
    return {f"{migration.app_label}.{migration.name}" for migration, _backwards in _plan(connection)}


def _plan(connection: Any) -> Any:
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def operations(*hidden: str) -> set[tuple[str, str]]:
    """Method and path of all that the URLconf serves, but for what begins with a ``hidden`` prefix.

    A view that is a function of Django's, which would know of no permission, has the method ``ANY``.
    """
    found = ((template(route), view) for route, view in _routes(get_resolver().url_patterns))
    return {(method, path) for path, view in found if not path.startswith(hidden) for method in _methods(view)}


def _routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def _methods(view: Any) -> list[str]:
    kind = getattr(view, "view_class", None)
    names = kind.http_method_names if kind else ()
    return [name.upper() for name in names if name != "options" and hasattr(kind, name)] or ["ANY"]
