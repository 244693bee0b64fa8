"""Query strings, read strictly: a parameter that is unknown or senseless is a refusal, never ignored."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

from chassis.lists.parameters import Parameter, unknown

T = TypeVar("T")

FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Query:
    """What one request asks of the list at ``path``; raises Problem (400) naming the parameter that is wrong.

    ``sent`` are the decoded names and values as they came, ``known`` the parameters that the list has.
    """

    def __init__(self, path: str, sent: Iterable[tuple[str, str]], known: Iterable[Parameter]) -> None:
        self.path = path
        self._known = {parameter.name: parameter for parameter in known}
        self._sent: dict[str, str] = {}
        for name, value in sent:
            if name not in self._known:
                raise unknown(name, self._known)
            if name in self._sent:
                raise self._known[name].invalid("Say this once.")
            if fault := self._known[name].fault_of(value):
                raise self._known[name].invalid(fault)
            self._sent[name] = value

    def given(self, name: str) -> str | None:
        """A value as it came, also an empty one; None if it was not sent."""
        return self._sent.get(name)

    def text(self, name: str) -> str | None:
        return self._sent.get(name) or None

    def flag(self, name: str) -> bool:
        value = self._sent.get(name, "false").lower()
        if value not in FLAGS:
            raise self._known[name].invalid("Say true or false.")
        return FLAGS[value]

    def number(self, name: str, default: int) -> int:
        """A whole number from 1 up, as large as the client likes."""
        value = self._sent.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdecimal()) or int(value) == 0:
            raise self._known[name].invalid("Say a whole number from 1 up.")
        return int(value)

    def choice(self, name: str, options: Mapping[str, T], default: str) -> T:
        value = self._sent.get(name) or default
        if value not in options:
            raise self._known[name].invalid(f"Say one of: {', '.join(options)}.")
        return options[value]

    def choices(self, name: str, options: Mapping[str, T]) -> list[T]:
        """Some of the options, with commas between; none if nothing was sent."""
        sent = self.text(name)
        values = dict.fromkeys(sent.split(",")) if sent else ()
        if not options.keys() >= set(values):
            raise self._known[name].invalid(f"Say some of these, with commas between: {', '.join(options)}.")
        return [options[value] for value in values]

    def uuid(self, name: str) -> UUID | None:
        value = self._sent.get(name)
        if not value:
            return None
        try:
            return UUID(value)
        except ValueError:
            raise self._known[name].invalid("Say a UUID.") from None

    def moment(self, name: str) -> datetime | None:
        """A date (its first instant) or a time; UTC where no zone is given."""
        value = self._sent.get(name)
        if not value:
            return None
        try:
            return _moment(value.replace(" ", "+"))  # a plus sign that nobody has quoted
        except (ValueError, OverflowError):
            raise self._known[name].invalid("Say a time like 2026-11-23T10:00:00Z.") from None

    def without(self, *names: str) -> list[tuple[str, str]]:
        """What else was sent and is not empty, in one order however it came."""
        return sorted((name, value) for name, value in self._sent.items() if value and name not in names)

    def address(self, public_url: str, **changed: str) -> str:
        """The address of the list when it is asked for otherwise, as the gateway shows it whatever host was asked."""
        return f"{public_url}{quote(self.path)}?{urlencode(self._sent | changed)}"


def _moment(value: str) -> datetime:
    try:
        moment = datetime.combine(date.fromisoformat(value), time.min)
    except ValueError:
        moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
