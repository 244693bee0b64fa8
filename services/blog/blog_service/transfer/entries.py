"""What importers read, whatever it was written in: posts, and what is none that can be taken."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

MOST = 100_000
"""Entries of one import."""
MOST_PICTURES = 50
"""The most pictures of one post, as everywhere."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a post: a file, or an address of the old site. ``written`` is how the body names it, if it does."""

    where: Path | str
    written: str = ""
    caption: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A post as it was elsewhere. ``key`` is its name there, which stays; ``notes`` say what of it is lost."""

    key: str
    title: str
    body: str
    slug: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    written_at: datetime | None = None
    published_at: datetime | None = None
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Left:
    """What cannot be taken, and why."""

    key: str
    why: str


Entries = Iterator[Entry | Left]


class Unreadable(ValueError):  # noqa: N818  says what happened
    """Nothing of this can be taken; the message says why."""


def moment_of(text: str) -> datetime | None:
    """A time of ISO 8601, in UTC where it names no zone; None where there is none. Raises ValueError."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
