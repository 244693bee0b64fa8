"""Event types, declared once by the service that owns them, as typed classes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

_NAME = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)+\.v[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class EventType:
    """What the decorator says about an event class."""

    name: str
    aggregate: str
    id_field: str
    key_field: str
    optional_subscribers: bool

    @property
    def producer(self) -> str:
        """The service that may publish it."""
        return producer_of(self.name)


class EventData(BaseModel):
    """The payload of an event: full state, immutable, nothing beyond the declared fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    event_type: ClassVar[EventType]


D = TypeVar("D", bound=EventData)


def event(
    name: str, *, aggregate: str, id_field: str, key_field: str | None = None, optional_subscribers: bool = False
) -> Callable[[type[D]], type[D]]:
    """Declare a class as the data of event type ``name`` (``auth.user.registered.v1``).

    ``id_field`` holds the id of the aggregate the event is about; events with one value of ``key_field`` (the same
    field unless given) are handled in the order they were published. ``optional_subscribers``: nobody listening is
    no fault. Raises ValueError for a name or a field that cannot be.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not an event type like 'auth.user.registered.v1'")

    def declare(data_class: type[D]) -> type[D]:
        declared = EventType(name, aggregate, id_field, key_field or id_field, optional_subscribers)
        for field in (declared.id_field, declared.key_field):
            if field not in data_class.model_fields:
                raise ValueError(f"{data_class.__name__} has no field {field!r}, which {name} is identified by")
        data_class.event_type = declared
        return data_class

    return declare


def producer_of(type_name: str) -> str:
    """The service an event type belongs to."""
    return type_name.partition(".")[0]


def without_major(type_name: str) -> str:
    """``auth.user.registered`` of ``auth.user.registered.v1``."""
    return type_name.rpartition(".")[0]
