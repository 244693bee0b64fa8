"""Every process of media, as ``broadsheet media <command>``."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

import json
import sys
from typing import TYPE_CHECKING

from chassis.run import Command, become
from chassis.settings_error import SettingsError

if TYPE_CHECKING:
    from chassis.events.service import EventService

    from media_service.settings import MediaSettings


def settings() -> "MediaSettings":
    """The settings of this process; dear to import, so a command that can does without them."""
    from media_service import settings as typed

    return typed.settings()


def web(_arguments: list[str]) -> None:
    """Serve HTTP."""
    from media_service.server import serve

    serve(settings())


def worker(arguments: list[str]) -> None:
    """Run jobs; where everything is on one machine, those that are due are queued here as well."""
    concurrency = f"--concurrency={settings().worker_concurrency}"
    _celery("worker", "--without-gossip", "--without-mingle", "--pool=threads", concurrency, *arguments)


def beat(arguments: list[str]) -> None:
    """Queue the jobs that are due; one of these runs at a time."""
    settings()
    _celery("beat", *arguments)


def relay(_arguments: list[str]) -> None:
    """Publish the events in the outbox."""
    from chassis.events import process

    process.relay(_events())


def messenger(_arguments: list[str]) -> None:
    """What is done with events where everything is on one machine: here the relay alone, for media handles none."""
    from chassis.events import process

    process.messenger(_events())


def events(arguments: list[str]) -> None:
    """Look at events and repair their flow."""
    from chassis.events import commands

    commands.main(_events(), arguments)


def migrate(arguments: list[str]) -> None:
    """Bring the database up to date; with --wait SECONDS only stand by until somebody has."""
    from chassis.migrations import seconds_to_wait, stand_by

    seconds = seconds_to_wait(arguments)
    if seconds is not None:
        from media_service.revisions import pending

        stand_by("media", settings, pending, seconds)
        return
    from media_service import migrating, resources

    migrating.require_database(resources.database().engine, settings().database_url)
    migrating.migrate(resources.database())


def check(_arguments: list[str]) -> None:
    """Say whether media could serve: settings, database, migrations, storage."""
    from media_service.checks import checks
    from media_service.storage.store import open_store

    for name, probe in checks(settings(), open_store(settings())).items():
        try:
            probe()
        except Exception as error:
            raise SettingsError(f"The {name} is not ready: {error}") from error


def openapi(_arguments: list[str]) -> None:
    """Print the contract, contracts/openapi/media.json."""
    from media_service.openapi import document

    json.dump(document(settings()), sys.stdout, indent=2, ensure_ascii=False)
    print()  # noqa: T201  the file ends with a newline


def demo(_arguments: list[str]) -> None:
    """Draw the demo pictures that are missing."""
    from media_service.demo.loading import load

    if settings().production:
        raise SettingsError("Demo content is for ENVIRONMENT=development.")
    print(f"drew {load()} pictures")  # noqa: T201  to whoever typed the command


def _celery(*arguments: str) -> None:
    become("celery", "--app=media_service.celery", *arguments)


def _events() -> "EventService":
    """What the chassis needs to know of media's events; none of it needs SQLAlchemy."""
    from chassis.events.service import EventService

    from media_service.events import HANDLERS, PUBLISHES

    return EventService(name="media", settings=settings(), publishes=PUBLISHES, handlers=HANDLERS)


COMMANDS: dict[str, Command] = {
    "web": web,
    "worker": worker,
    "beat": beat,
    "relay": relay,
    "messenger": messenger,
    "events": events,
    "migrate": migrate,
    "check": check,
    "openapi": openapi,
    "demo": demo,
}
