"""The time, as code, as a database column and as a client sees it. UTC everywhere."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """This moment; the default of every parameter that takes a Clock."""
    return datetime.now(UTC)


def to_database(moment: datetime) -> str:
    """How a moment is given to a database: PostgreSQL reads it as timestamptz, in SQLite its text sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_database(value: object) -> datetime:
    """A moment as a database gave it back."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def truncate_to_milliseconds(moment: datetime) -> datetime:
    """A moment in whole milliseconds, which is how finely it is shown."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def format_timestamp(moment: datetime) -> str:
    """How a moment is written for others: milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
