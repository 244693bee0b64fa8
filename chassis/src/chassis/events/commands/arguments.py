"""Times and ids as people type them."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis import clock
from chassis.settings import SettingsError

_AGO = re.compile(r"(\d{1,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def moment(text: str, now: clock.Clock = clock.now) -> datetime:
    """A time, UTC unless it says otherwise, or how long ago: ``90m``, ``2h``, ``7d``; raises SettingsError."""
    if ago := _AGO.fullmatch(text):
        return now() - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"{text!r} is no time; write it like 2026-11-23T10:00:00Z, or 2h for the last 2.") from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def event_id(text: str) -> str:
    """The id of an event; raises SettingsError."""
    try:
        return str(UUID(text))
    except ValueError:
        raise SettingsError(f"{text!r} is no event id; ids look like 019aae60-2c00-7000-8000-000000000001.") from None


def subject(text: str) -> str:
    """A subject, which names an aggregate and its id; raises SettingsError."""
    aggregate, _, identity = text.partition("/")
    if not aggregate or not identity:
        raise SettingsError(f"{text!r} is no subject; subjects look like user/019aae60-2c00-7000-8000-000000000001.")
    return text
