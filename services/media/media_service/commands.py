"""Every process of media, as ``broadsheet media <command>``."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.announcements import announce
from chassis.commands import Commands
from chassis.connection_errors import server_reason
from chassis.run import Command
from chassis.settings_error import SettingsError

from chassis import migrations
from media_service.revisions import pending

if TYPE_CHECKING:
    from chassis.events.database import EventDatabase
    from chassis.events.service import EventService

    from media_service.settings import MediaSettings


def _settings() -> "MediaSettings":
    from media_service.settings import settings

    return settings()


def _events() -> "EventService":
    """What the chassis needs to know of media's events."""
    from chassis.events.service import EventService

    from media_service.events import HANDLERS, PUBLISHES

    return EventService(
        name="media", settings=_settings(), publishes=PUBLISHES, handlers=HANDLERS, database=_event_database()
    )


def _event_database() -> "EventDatabase":
    from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase

    from media_service.resources import database

    return SqlAlchemyDatabase(database().writing_engine)


shared = Commands("media", _settings, _events)


def web(_arguments: list[str]) -> None:
    """Serve HTTP."""
    from media_service.server import serve

    serve(_settings())


def worker(arguments: list[str]) -> None:
    """Run jobs; where everything is on one machine, those that are due are queued here as well."""
    concurrency = f"--concurrency={_settings().worker_concurrency}"
    shared.celery("worker", "--without-gossip", "--without-mingle", "--pool=threads", concurrency, *arguments)


def migrate(arguments: list[str]) -> None:
    """Bring the database up to date, waiting --within SECONDS; with --wait SECONDS stand by until somebody has."""
    migrations.migrate("media", _settings, migrations.parse_options(arguments), pending=pending, apply=_migrate)


def _migrate() -> None:
    from media_service import migrating, resources

    migrating.migrate(resources.database())


def check(_arguments: list[str]) -> None:
    """Say whether media could serve: settings, database, migrations, storage."""
    from media_service.checks import checks
    from media_service.storage.store import open_store

    for name, probe in checks(_settings(), open_store(_settings())).items():
        try:
            probe()
        except Exception as error:
            raise SettingsError(f"The {name} is not ready: {server_reason(error) or error}") from error


def reconcile(arguments: list[str]) -> None:
    """Compare the database with the store, and print what does not agree; --repair mends what can be."""
    from datetime import UTC, datetime

    from media_service import resources
    from media_service.storage.store import FOLDERS
    from media_service.sweeping.reconciling import FOLDERS_AT_ONCE, Drift, drift_repair, folders_compare, owners_compare

    is_repair = repair_of(arguments)
    database, store, now, drift = resources.database(), resources.store(), datetime.now(UTC), Drift()
    for first in range(0, len(FOLDERS), FOLDERS_AT_ONCE):
        drift.add(folders_compare(database, store, first, now=now))
    with database.reading() as session:
        drift.add(owners_compare(session))
    json.dump(asdict(drift), sys.stdout, indent=2, default=str)
    print()  # noqa: T201  the file ends with a newline
    if is_repair:
        drift_repair(database, store, drift, now=now)
    if any(drift.counts().values()) and not (is_repair and not drift.missing_pictures):
        sys.exit(1)


def repair_of(arguments: list[str]) -> bool:
    """Whether what does not agree is to be mended; raises SettingsError for other words."""
    if arguments not in ([], ["--repair"]):
        raise SettingsError("usage: media reconcile [--repair]")
    return bool(arguments)


def rerender(arguments: list[str]) -> None:
    """Draw all renditions anew, and say how far that has come; --after ID goes on behind that one."""
    from media_service.renditions.again import rerender

    failed = 0
    for progress in rerender(after_of(arguments)):
        failed = progress.failed
        print(f"{progress.done} of {progress.total}, {failed} failed, --after {progress.last}")  # noqa: T201  to whoever typed it
    if failed:
        sys.exit(1)


def after_of(arguments: list[str]) -> UUID:
    """Where to go on; raises SettingsError for other words."""
    try:
        option, after = arguments or ("--after", str(UUID(int=0)))
        if option == "--after":
            return UUID(after)
    except ValueError:
        pass
    raise SettingsError("usage: media rerender [--after ID]")


def quotas(_arguments: list[str]) -> None:
    """Print what each owner's pictures take, most first: id, bytes, pictures."""
    from media_service import resources
    from media_service.quota.selectors import storage_list

    with resources.database().reading() as session:
        for owner in storage_list(session):
            print(owner.owner_id, owner.bytes, owner.assets, sep="\t")  # noqa: T201  to whoever typed the command


def signing_key(_arguments: list[str]) -> None:
    """Print the key that signs addresses of transformed pictures, for a site that signs them itself."""
    from media_service.signing import Purpose, SigningKeys

    print(SigningKeys(Purpose.TRANSFORMS, _settings().signing_keys).current.secret.hex())  # noqa: T201  to whoever typed the command


def openapi(_arguments: list[str]) -> None:
    """Print the contract, contracts/openapi/media.json."""
    from media_service.openapi import document

    json.dump(document(_settings()), sys.stdout, indent=2, ensure_ascii=False)
    print()  # noqa: T201  the file ends with a newline


def demo(_arguments: list[str]) -> None:
    """Draw the demo pictures that are missing."""
    from media_service.demo.loading import load

    if _settings().production:
        raise SettingsError("Demo content is for ENVIRONMENT=development.")
    announce("media", "demo", f"drew {load()} pictures")


COMMANDS: dict[str, Command] = {
    "web": web,
    "worker": worker,
    "beat": shared.beat,
    "relay": shared.relay,
    "consumer": shared.consumer,
    "messenger": shared.messenger,
    "events": shared.events,
    "migrate": migrate,
    "check": check,
    "reconcile": reconcile,
    "rerender": rerender,
    "quotas": quotas,
    "signing-key": signing_key,
    "openapi": openapi,
    "demo": demo,
}
