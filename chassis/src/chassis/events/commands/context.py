"""Where the ``events`` command works: a service, its database and transport, and other services' databases in reach."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property

from chassis.events import transports
from chassis.events.commands import peer_databases
from chassis.events.commands.output import Output
from chassis.events.databases import plain
from chassis.events.databases.plain import PlainDatabase
from chassis.events.databases.tables import require_tables
from chassis.events.dead_letters import DeadLetter, browse
from chassis.events.service import EventService
from chassis.events.topology import Queue, queues
from chassis.events.transports import Publisher, Transport
from chassis.settings import SettingsError

BATCH = 500


class CommandContext:
    """Opens things when they are needed and closes what was opened."""

    def __init__(self, service: EventService, output: Output, named: list[str]) -> None:
        self.service = service
        self.out = output
        self.unreachable: dict[str, str] = {}
        self._named = named
        self._opened: list[PlainDatabase] = []

    @cached_property
    def database(self) -> PlainDatabase:
        """The service's own database; raises SettingsError when it lacks the tables."""
        database = plain.connect(self.service.database_url)
        require_tables(database, self.service.name)
        self._opened.append(database)
        return database

    @cached_property
    def databases(self) -> dict[str, PlainDatabase]:
        """The databases in reach, by service, its own first; why others are not is in ``unreachable``."""
        found = {self.service.name: self.database}
        for name, url in peer_databases.urls(self.service.name, self.service.database_url, self._named).items():
            try:
                found[name] = peer_databases.connect(name, url)
                self._opened.append(found[name])
            except peer_databases.DatabaseUnreachable as error:
                self.unreachable[name] = str(error)
        return found

    @cached_property
    def transport(self) -> Transport:
        settings = self.service.settings
        return transports.connect(settings.events_url, settings.events_management_url)

    @cached_property
    def queues(self) -> list[Queue]:
        """The service's queues."""
        return queues(self.service.name, self.service.handlers)

    def chosen_queues(self, name: str | None) -> list[Queue]:
        """The service's queue of that name, or all; raises SettingsError when there is none."""
        chosen = [queue for queue in self.queues if name in {None, queue.name}]
        if name and not chosen:
            known = ", ".join(queue.name for queue in self.queues) or "none"
            raise SettingsError(f"{name} is no queue of {self.service.name}; there are: {known}.")
        return chosen

    def dead_letters(self, queue: str) -> Iterator[DeadLetter]:
        """What is among a queue's dead letters now; what is not taken off meanwhile stays there."""
        return browse(self.transport, queue)

    @contextmanager
    def publisher(self) -> Iterator[Publisher]:
        with closing(self.transport.publisher()) as publisher:
            yield publisher

    def close(self) -> None:
        for database in self._opened:
            database.close()
