"""What the database of a Django service lacks, told by the names of files and rows: no model is imported for it.

A database that is newer than the code lacks none. Of a squashed migration Django keeps a row beside those of the ones
it replaces, so here it is one name like the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from chassis import migration_table

SHARED_APPS = {
    "chassis": "chassis.django",
    "chassis_events": "chassis.events.databases.django_app",
    "rest_framework": "rest_framework",
    "drf_spectacular": "drf_spectacular",
    "admin": "django.contrib.admin",
    "auth": "django.contrib.auth",
    "contenttypes": "django.contrib.contenttypes",
    "sessions": "django.contrib.sessions",
    "messages": "django.contrib.messages",
    "staticfiles": "django.contrib.staticfiles",
}
"""The packages of the apps that every service has, by their labels; it puts its own before them."""


def pending(url: str, apps: Mapping[str, str]) -> list[str]:
    """The migrations of the apps that the database at ``url`` lacks; raises its driver's error when it is away."""
    return lacking(apps, migration_table.read_rows(url, "django_migrations", "app, name"))


def lacking(apps: Mapping[str, str], done: Iterable[tuple[str, ...]]) -> list[str]:
    """The migrations of the apps that are not among the pairs of label and name that were done."""
    names = {".".join(pair) for pair in done}
    return [name for label, package in apps.items() for name in _carried(label, package) if name not in names]


def _carried(label: str, package: str) -> Iterator[str]:
    top, *rest = package.split(".")
    spec = find_spec(top)  # of the package itself it would import the ones around it, and with them Django
    if spec and spec.origin:
        folder = Path(spec.origin).parent.joinpath(*rest, "migrations")
        yield from sorted(f"{label}.{file.stem}" for file in folder.glob("*.py") if file.stem[0] not in "_~")
