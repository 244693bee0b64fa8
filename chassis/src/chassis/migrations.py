"""Whether a database has its migrations; and ``migrate --wait SECONDS``: stand by until somebody else has seen to it.

Every pod waits so when it starts, many at once, and every new image migrates. Mostly nothing is missing, and that case
is made cheap: it imports no framework, no typed settings and no logging.
"""

import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from chassis.settings_error import SettingsError

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

    from chassis.events.service import HasDatabase
    from chassis.settings import ServiceSettings

Pending = Callable[[], list[str]]
"""Names the migrations that the database lacks; raises when it does not answer."""


def seconds_to_wait(arguments: list[str]) -> float | None:
    """The bound that ``--wait SECONDS`` gives, None without it; raises SettingsError when it is no number."""
    if arguments[:1] != ["--wait"]:
        return None
    if len(arguments) != 2 or not arguments[1].isdigit():
        raise SettingsError("Say how many seconds to wait: migrate --wait 300.")
    return float(arguments[1])


def nothing_to_do(service: str, settings: Callable[[], "ServiceSettings"], pending: Callable[[str], list[str]]) -> bool:
    """Whether the database of a service has all its migrations, and says so; False also when it does not answer.

    ``pending`` is given its URL, ``settings`` are read only if they must be.
    """
    url = _url(service, settings)
    if _missing(lambda: pending(url), url):
        return False
    print(f"The database at {where(url)} has all its migrations.")  # noqa: T201  to whoever typed the command
    return True


def stand_by(
    service: str, settings: Callable[[], "ServiceSettings"], pending: Callable[[str], list[str]], seconds: float
) -> None:
    """Wait for the database of a service, with the same parameters as above; raises SettingsError after ``seconds``."""

    @cache
    def logger() -> "FilteringBoundLogger":
        from chassis import logging  # noqa: PLC0415  with the typed settings the dearest part of the whole command

        logging.configure(settings(), "migrate")
        return logging.get_logger()

    def say(sentence: str) -> None:
        logger().info(sentence)

    url = _url(service, settings)
    wait(lambda: pending(url), database_url=url, seconds=seconds, say=say)


def wait(
    pending: Pending, *, database_url: str, seconds: float, say: Callable[[str], object], pause: float = 2
) -> None:
    """Return once nothing is pending, saying meanwhile what is missing; raises SettingsError when the time is over."""
    deadline = time.monotonic() + seconds
    while missing := _missing(pending, database_url):
        left = deadline - time.monotonic()
        if left <= 0:
            raise SettingsError(f"Gave up after {seconds:.0f} s: {missing}.")
        say(f"{missing}; {left:.0f} s left")
        time.sleep(min(pause, left))


def database_url(service: str) -> str:
    """The database as pods are told of it: by the variable, else by the secret file; empty when it is not said so."""
    name = f"{service.upper()}_DATABASE_URL"
    if given := os.environ.get(name):
        return given
    file = Path(os.environ.get("SECRETS_DIR", ""), name)
    return file.read_text().strip() if os.environ.get("SECRETS_DIR") and file.is_file() else ""


def _url(service: str, settings: Callable[[], "ServiceSettings"]) -> str:
    return database_url(service) or cast("HasDatabase", settings()).database_url


def where(database_url: str) -> str:
    """Host and port of a database, or its file: what a person may be told of its URL."""
    parts = urlsplit(database_url)
    return f"{parts.hostname}:{parts.port or 5432}" if parts.hostname else parts.path


def _missing(pending: Pending, database_url: str) -> str:
    place = where(database_url)
    try:
        names = pending()
    except SettingsError:
        raise
    except Exception as error:  # noqa: BLE001  whatever keeps the database from answering, it may come back
        return f"the database at {place} does not answer ({type(error).__name__})"
    return f"the database at {place} lacks {len(names)} of its migrations, {names[0]} first" if names else ""
