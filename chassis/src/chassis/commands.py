"""The commands that all services have, as ``broadsheet <service> <command>``."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chassis.run import exec_python_module

if TYPE_CHECKING:
    from chassis.events.service import EventService


class Commands:
    """Commands of one service; its ``commands.py`` names in COMMANDS those it has.

    ``settings`` reads the service's settings, ``events`` tells of its events; a command calls them when it needs to.
    """

    def __init__(self, service: str, settings: Callable[[], Any], events: "Callable[[], EventService]") -> None:
        self.service = service
        self.settings = settings
        self._events = events

    def beat(self, arguments: list[str]) -> None:
        """Queue the jobs that are due; one of these runs at a time."""
        self.settings()
        self.celery("beat", *arguments)

    def relay(self, _arguments: list[str]) -> None:
        """Publish the events in the outbox."""
        from chassis.events import process

        process.relay(self._events())

    def consumer(self, _arguments: list[str]) -> None:
        """Handle the events of other services; idle in a service that handles none yet."""
        from chassis.events import process

        process.consumer(self._events())

    def messenger(self, _arguments: list[str]) -> None:
        """Be relay and consumer in one process; the relay alone in a service that handles no events."""
        from chassis.events import process

        process.messenger(self._events())

    def events(self, arguments: list[str]) -> None:
        """Look at events and repair their flow."""
        from chassis.events import commands

        commands.main(self._events(), arguments)

    def celery(self, *arguments: str) -> None:
        """Become Celery with the app of this service."""
        exec_python_module("celery", "--quiet", f"--app={self.service}_service.celery", *arguments)
