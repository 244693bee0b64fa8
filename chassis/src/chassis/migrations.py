"""Whether a database has its migrations, and seeing to it: ``migrate`` applies what is missing.

``migrate --within SECONDS``, with which pods begin, also waits for a database that does not answer yet, and for another
process at it; ``migrate --wait SECONDS`` leaves the migrations to others. Every pod does one of the two, many at
once, and mostly nothing is missing: that case is made cheap, it imports no framework, no typed settings and no logging.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from chassis.announcements import announce
from chassis.connection_errors import describe
from chassis.migration_lock import alone
from chassis.settings_error import SettingsError

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

    from chassis.events.service import HasDatabase
    from chassis.settings import ServiceSettings


@dataclass(frozen=True)
class MigrateOptions:
    """What was asked of ``migrate``: how many seconds it may wait, and whether it applies what is missing."""

    seconds: float = 0
    applies: bool = True


def parse_options(arguments: list[str]) -> MigrateOptions:
    """Raises SettingsError when the words are other ones."""
    if not arguments:
        return MigrateOptions()
    if len(arguments) != 2 or arguments[0] not in {"--wait", "--within"} or not arguments[1].isdigit():
        raise SettingsError("Say migrate, or how many seconds it may wait: migrate --within 300, migrate --wait 300.")
    return MigrateOptions(float(arguments[1]), applies=arguments[0] == "--within")


def migrate(
    service: str,
    settings: Callable[[], "ServiceSettings"],
    options: MigrateOptions,
    *,
    pending: Callable[[str], list[str]],
    apply: Callable[[], object],
) -> None:
    """See to it that the database of a service has its migrations; raises SettingsError when it does not come to that.

    ``pending`` names what the database at a URL lacks, ``apply`` applies it; ``settings`` are read only if need be.
    """

    @cache
    def logger() -> "FilteringBoundLogger":
        from chassis import logging  # noqa: PLC0415  with the typed settings the dearest part of the whole command

        logging.configure(settings(), "migrate")
        return logging.get_logger()

    def url() -> str:  # read anew: a Secret that is mended meanwhile reaches the pod as a file
        return database_url(service) or cast("HasDatabase", settings()).database_url

    def attempt() -> bool:
        with alone(url()) as nobody_else_does:
            if nobody_else_does:
                apply()
            return nobody_else_does

    wait(
        lambda: find_pending(pending, url()),
        seconds=options.seconds,
        say=lambda sentence: logger().info(sentence),
        attempt=attempt if options.applies else None,
    )
    announce(service, "migrate", f"The database at {host_of(url())} has all its migrations.")


def find_pending(pending: Callable[[str], list[str]], url: str) -> tuple[list[str], str]:
    """What a database lacks, and that in words, or why it does not tell; two empty ones when it has everything."""
    try:
        names = pending(url)
    except SettingsError:
        raise
    except Exception as error:  # noqa: BLE001  whatever keeps the database from answering, it may come back
        return [], f"the database at {host_of(url)} {describe(error)}"
    lacks = f"the database at {host_of(url)} lacks {len(names)} of its migrations, {names[0]} first" if names else ""
    return names, lacks


def wait(
    see: Callable[[], tuple[list[str], str]],
    *,
    seconds: float,
    say: Callable[[str], object],
    attempt: Callable[[], bool] | None = None,
    pause: float = 2,
) -> None:
    """Return once nothing is missing, saying meanwhile what ``see`` saw; raises SettingsError when the time is over.

    ``attempt`` is made when something is missing, and tells whether that was seen to: not while another process does.
    """
    deadline = time.monotonic() + seconds
    while True:
        names, seen = see()
        if not seen or (names and attempt and attempt()):
            return
        seen += ", and another process applies them" if names and attempt else ""
        left = deadline - time.monotonic()
        if left <= 0:
            raise SettingsError(f"{seen[0].upper()}{seen[1:]}. Gave up after {seconds:.0f} s.")
        say(f"{seen}; {left:.0f} s left")
        time.sleep(min(pause, left))


def database_url(service: str) -> str:
    """The database as pods are told of it: by the variable, else by the secret file; empty when it is not said so."""
    name = f"{service.upper()}_DATABASE_URL"
    if given := os.environ.get(name):
        return given
    file = Path(os.environ.get("SECRETS_DIR", ""), name)
    return file.read_text().strip() if os.environ.get("SECRETS_DIR") and file.is_file() else ""


def host_of(database_url: str) -> str:
    """Host and port of a database, or its file: what a person may be told of its URL."""
    parts = urlsplit(database_url)
    return f"{parts.netloc.rpartition('@')[2]}{'' if parts.port else ':5432'}" if parts.hostname else parts.path
