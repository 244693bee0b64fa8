"""What a service tells the chassis about its events, once, in its ``commands.py``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from chassis.events.database import EventDatabase, Handler
from chassis.events.envelope import Event
from chassis.events.types import EventData, EventType
from chassis.settings import ServiceSettings

ReplicaSnapshot = Callable[[], Iterable[Event]]
"""Pages through an owner's current state, as events that would lead to it."""


class HasDatabase(Protocol):
    """Settings of a service that has a database: a plain ``sqlite:///`` or ``postgresql://`` URL."""

    @property
    def database_url(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EventService:
    """A service's events. A relay needs neither handlers nor database: it uses a plain driver on the same URL."""

    name: str
    settings: ServiceSettings
    publishes: tuple[type[EventData], ...] = ()
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    database: EventDatabase | None = None
    replicas: Mapping[str, ReplicaSnapshot] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        return cast("HasDatabase", self.settings).database_url

    @property
    def types(self) -> dict[str, EventType]:
        """The declared types it publishes, by name."""
        return {data.event_type.name: data.event_type for data in self.publishes}
