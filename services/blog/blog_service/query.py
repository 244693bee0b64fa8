"""Query strings, read strictly: a parameter that is unknown or senseless is a refusal, never ignored."""

from collections.abc import Mapping, Set
from datetime import UTC, datetime, time
from typing import TypeVar

from chassis.problems import Problem
from django.utils.dateparse import parse_date, parse_datetime

T = TypeVar("T")

LONGEST = 200
FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Query:
    """The parameters of one request; raises Problem (400) naming the one that is wrong."""

    def __init__(self, parameters: Mapping[str, str], known: Set[str]) -> None:
        for name, value in parameters.items():
            if name not in known:
                raise _wrong(name, "filter_unknown", f"There is no such filter; there are: {', '.join(sorted(known))}.")
            if "\0" in value or len(value) > LONGEST:
                raise _wrong(name, "filter_invalid", "This is not a possible value.")
        self._parameters = parameters

    def text(self, name: str) -> str | None:
        return self._parameters.get(name) or None

    def flag(self, name: str) -> bool:
        value = self._parameters.get(name, "false").lower()
        if value not in FLAGS:
            raise _wrong(name, "filter_invalid", "Say true or false.")
        return FLAGS[value]

    def number(self, name: str, default: int) -> int:
        value = self._parameters.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdecimal()) or int(value) == 0:
            raise _wrong(name, "filter_invalid", "Say a whole number from 1 up.")
        return int(value)

    def choice(self, name: str, options: Mapping[str, T], default: str) -> T:
        value = self._parameters.get(name) or default
        if value not in options:
            raise _wrong(name, "filter_invalid", f"Say one of: {', '.join(options)}.")
        return options[value]

    def moment(self, name: str) -> datetime | None:
        """A date (its first instant) or a time; UTC where no zone is given."""
        value = self._parameters.get(name)
        if not value:
            return None
        try:
            return _moment(value.replace(" ", "+"))  # a plus sign that nobody has quoted
        except (ValueError, OverflowError):
            raise _wrong(name, "filter_invalid", "Say a time like 2026-11-23T10:00:00Z.") from None


def _moment(value: str) -> datetime:
    moment = parse_datetime(value)
    if moment is None and (day := parse_date(value)):
        moment = datetime.combine(day, time.min)
    if moment is None:
        raise ValueError(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _wrong(name: str, code: str, detail: str) -> Problem:
    return Problem(400, code, f"{name}: {detail}")
