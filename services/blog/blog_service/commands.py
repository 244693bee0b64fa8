"""Every process of blog, as ``broadsheet blog <command>``."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

import os
from typing import TYPE_CHECKING, Any

from chassis.run import Command, become

if TYPE_CHECKING:
    from chassis.events.service import EventService

    from blog_service.settings import BlogSettings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blog_service.django_settings")


def settings() -> "BlogSettings":
    """The settings of this process; dear to import, so a command that can does without them."""
    from blog_service import settings as typed

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

    process.relay(event_service())


def consumer(_arguments: list[str]) -> None:
    """Handle the events of other services."""
    from chassis.events import process

    process.consumer(event_service())


def messenger(_arguments: list[str]) -> None:
    """Be relay and consumer in one process."""
    from chassis.events import process

    process.messenger(event_service())


def events(arguments: list[str]) -> None:
    """Look at events and repair their flow."""
    from chassis.events import commands

    commands.main(event_service(), arguments)


def manage(arguments: list[str]) -> None:
    """Django's own commands."""
    from django.core.management import execute_from_command_line

    settings()
    execute_from_command_line(["manage", *arguments])


def migrate(arguments: list[str]) -> None:
    """Bring the database up to date; with --wait SECONDS only stand by until somebody has."""
    from chassis.migrations import seconds_to_wait, stand_by

    seconds = seconds_to_wait(arguments)
    if seconds is not None:
        from chassis.django.migrations import pending

        from blog_service.django_apps import APPS

        stand_by("blog", settings, lambda url: pending(url, APPS), seconds)
        return
    _set_up()
    from chassis.django.commands import require_database

    require_database(settings().database_url)
    manage(["migrate", "--no-input", *arguments])


def check(_arguments: list[str]) -> None:
    """Look at settings and code without serving; in production every warning counts."""
    manage(["check", *(["--deploy", "--fail-level=WARNING"] if settings().production else [])])


def openapi(_arguments: list[str]) -> None:
    """Print the contract, contracts/openapi/blog.json."""
    manage(["spectacular", "--format=openapi-json", "--fail-on-warn"])


def demo(_arguments: list[str]) -> None:
    """Load the demo posts that are missing."""
    _set_up()
    from blog_service.demo.loading import load

    print(f"wrote {load()} posts")  # noqa: T201  to whoever typed the command


def event_service() -> "EventService":
    """What the chassis needs to know of blog's events."""
    _set_up()
    from chassis.events.databases.django import DjangoDatabase
    from chassis.events.service import EventService

    from blog_service.authors.snapshot import authors_snapshot
    from blog_service.events import HANDLERS, PUBLISHES

    return EventService(
        name="blog",
        settings=settings(),
        publishes=PUBLISHES,
        handlers=HANDLERS,
        database=DjangoDatabase(),
        replicas={"authors": authors_snapshot},
    )


def _set_up() -> None:
    import django

    settings()
    django.setup()


def _application() -> Any:
    from blog_service.wsgi import application

    return application


def _celery(*arguments: str) -> None:
    become("celery", "--app=blog_service.celery", *arguments)


COMMANDS: dict[str, Command] = {
    "web": web,
    "worker": worker,
    "beat": beat,
    "relay": relay,
    "consumer": consumer,
    "messenger": messenger,
    "events": events,
    "manage": manage,
    "migrate": migrate,
    "check": check,
    "openapi": openapi,
    "demo": demo,
}
