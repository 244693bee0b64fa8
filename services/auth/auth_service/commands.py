"""Every process of auth, as ``broadsheet auth <command>``."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

import os
from typing import TYPE_CHECKING, Any

from chassis.run import Command, become

if TYPE_CHECKING:
    from chassis.events.service import EventService

    from auth_service.settings import AuthSettings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auth_service.django_settings")


def settings() -> "AuthSettings":
    """The settings of this process; dear to import, so a command that can does without them."""
    from auth_service import settings as typed

    return typed.settings()


def web(_arguments: list[str]) -> None:
    """Serve HTTP."""
    from chassis.django.server import serve

    own = settings()
    serve(own, _application, bind=f"{own.host}:{own.port}", workers=own.web_workers, threads=own.web_threads)


def worker(arguments: list[str]) -> None:
    """Run jobs; where everything is on one machine, those that are due are queued here as well."""
    embedded = settings().jobs_url.startswith("filesystem:")
    options = ["--pool=solo"] if embedded else ["--pool=threads", "--concurrency=2"]
    _celery("worker", "--without-gossip", "--without-mingle", *options, *arguments)


def beat(arguments: list[str]) -> None:
    """Queue the jobs that are due; one of these runs at a time."""
    settings()
    _celery("beat", *arguments)


def relay(_arguments: list[str]) -> None:
    """Publish the events in the outbox."""
    from chassis.events import process

    process.relay(_events())


def messenger(_arguments: list[str]) -> None:
    """What is done with events where everything is on one machine: here the relay alone, for auth handles none."""
    from chassis.events import process

    process.messenger(_events())


def events(arguments: list[str]) -> None:
    """Look at events and repair their flow."""
    from chassis.events import commands

    commands.main(_events(), arguments)


def manage(arguments: list[str]) -> None:
    """Django's own commands."""
    from django.core.management import execute_from_command_line

    settings()
    execute_from_command_line(["manage", *arguments])


def migrate(arguments: list[str]) -> None:
    """Bring the database up to date and make the first signing key; with --wait SECONDS only stand by for it."""
    from chassis.migrations import seconds_to_wait, stand_by

    seconds = seconds_to_wait(arguments)
    if seconds is not None:
        from chassis.django.migrations import pending

        from auth_service.django_apps import APPS

        stand_by("auth", settings, lambda url: pending(url, APPS), seconds)
        return
    import django

    settings()
    django.setup()
    from chassis.django.commands import require_database

    require_database(settings().database_url)
    manage(["migrate", "--no-input", *arguments])
    if not arguments:
        from django.utils import timezone

        from auth_service.keys.services import signing_key_ensure

        signing_key_ensure(now=timezone.now())


def check(_arguments: list[str]) -> None:
    """Look at settings and code without serving; in production every warning counts."""
    manage(["check", *(["--deploy", "--fail-level=WARNING"] if settings().production else [])])


def openapi(_arguments: list[str]) -> None:
    """Print the contract, contracts/openapi/auth.json."""
    manage(["spectacular", "--format=openapi-json", "--fail-on-warn"])


def demo(_arguments: list[str]) -> None:
    """Register the people of the demo content who are missing."""
    import django

    settings()
    django.setup()
    from auth_service import demo as people

    for username in people.load():
        print(f"registered {username}, password {people.PASSWORD}")  # noqa: T201  to whoever typed the command


def _events() -> "EventService":
    """What the chassis needs to know of auth's events; none of it needs Django."""
    from chassis.events.service import EventService

    from auth_service.events import HANDLERS, PUBLISHES

    return EventService(name="auth", settings=settings(), publishes=PUBLISHES, handlers=HANDLERS)


def _application() -> Any:
    from auth_service.wsgi import application

    return application


def _celery(*arguments: str) -> None:
    become("celery", "--app=auth_service.celery", *arguments)


COMMANDS: dict[str, Command] = {
    "web": web,
    "worker": worker,
    "beat": beat,
    "relay": relay,
    "messenger": messenger,
    "events": events,
    "manage": manage,
    "migrate": migrate,
    "check": check,
    "openapi": openapi,
    "demo": demo,
}
