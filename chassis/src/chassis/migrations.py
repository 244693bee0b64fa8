"""``migrate --wait SECONDS``: stand by, within bounds, until somebody else has migrated the database."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from chassis.logging import get_logger
from chassis.settings import SettingsError

Pending = Callable[[], list[str]]
"""Names the migrations that the database lacks; raises when it does not answer."""
log = get_logger()


def seconds_to_wait(arguments: list[str]) -> float | None:
    """The bound that ``--wait SECONDS`` gives, None without it; raises SettingsError when it is no number."""
    if arguments[:1] != ["--wait"]:
        return None
    if len(arguments) != 2 or not arguments[1].isdigit():
        raise SettingsError("Say how many seconds to wait: migrate --wait 300.")
    return float(arguments[1])


def wait(pending: Pending, *, database_url: str, seconds: float, pause: float = 2) -> None:
    """Return once nothing is pending, saying meanwhile what is missing; raises SettingsError when the time is over."""
    deadline = time.monotonic() + seconds
    while missing := _missing(pending, database_url):
        left = deadline - time.monotonic()
        if left <= 0:
            raise SettingsError(f"Gave up after {seconds:.0f} s: {missing}.")
        log.info(f"{missing}; {left:.0f} s left")
        time.sleep(min(pause, left))


def where(database_url: str) -> str:
    """Host and port of a database, or its file: what a person may be told of its URL."""
    parts = urlsplit(database_url)
    return f"{parts.hostname}:{parts.port or 5432}" if parts.hostname else parts.path


def _missing(pending: Pending, database_url: str) -> str:
    place = where(database_url)
    try:
        names = pending()
    except Exception as error:  # noqa: BLE001  whatever keeps the database from answering, it may come back
        return f"the database at {place} does not answer ({type(error).__name__})"
    return f"the database at {place} lacks {len(names)} of its migrations, {names[0]} first" if names else ""
