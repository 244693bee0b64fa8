"""The commands that all Django services have; Django is imported once a command needs it."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

import importlib
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from chassis.commands import Commands
from chassis.django.migrations import pending
from chassis.migrations import nothing_to_do, seconds_to_wait, stand_by, where
from chassis.settings_error import SettingsError

if TYPE_CHECKING:
    from chassis.events.service import EventService


class DjangoCommands(Commands):
    """Commands of one Django service, whose ``apps`` are packages by label."""

    def __init__(
        self,
        service: str,
        settings: Callable[[], Any],
        events: "Callable[[], EventService]",
        *,
        apps: Mapping[str, str],
    ) -> None:
        super().__init__(service, settings, events)
        self._apps = apps

    def web(self, _arguments: list[str]) -> None:
        """Serve HTTP."""
        from chassis.django.server import serve

        own = self.settings()
        address = f"{own.host}:{own.port}"
        serve(own, self._application, bind=address, workers=own.web_workers, threads=own.web_threads)

    def worker(self, arguments: list[str]) -> None:
        """Run jobs; where everything is on one machine, those that are due are queued here as well."""
        embedded = self.settings().jobs_url.startswith("filesystem:")
        os.environ.setdefault("CELERY_SKIP_CHECKS", "yes")  # `check` makes them; they import every view
        options = ["--pool=solo"] if embedded else ["--pool=threads", "--concurrency=2"]
        self.celery("worker", "--without-gossip", "--without-mingle", *options, *arguments)

    def manage(self, arguments: list[str]) -> None:
        """Django's own commands."""
        from django.core.management import execute_from_command_line

        self.settings()
        execute_from_command_line(["manage", *arguments])

    def migrate(self, arguments: list[str]) -> None:
        """Bring the database up to date; with --wait SECONDS only stand by until somebody has."""
        seconds = seconds_to_wait(arguments)
        if seconds is not None:
            stand_by(self.service, self.settings, self._pending, seconds)
            return
        if not arguments and nothing_to_do(self.service, self.settings, self._pending):
            return
        self.set_up()
        require_database(self.settings().database_url)
        self.manage(["migrate", "--no-input", *arguments])

    def check(self, _arguments: list[str]) -> None:
        """Look at settings and code without serving; in production every warning counts."""
        self.manage(["check", *(["--deploy", "--fail-level=WARNING"] if self.settings().production else [])])

    def openapi(self, _arguments: list[str]) -> None:
        """Print the contract, contracts/openapi/<service>.json."""
        self.manage(["spectacular", "--format=openapi-json", "--fail-on-warn"])

    def set_up(self) -> None:
        """Make models importable; raises SettingsError before Django meets settings that cannot work."""
        import django

        self.settings()
        django.setup()

    def _pending(self, url: str) -> list[str]:
        return pending(url, self._apps)

    def _application(self) -> Any:
        return importlib.import_module(f"{self.service}_service.wsgi").application


def require_database(url: str) -> None:
    """Raises SettingsError with a sentence when the database at ``url``, which is the default one, does not answer."""
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().partition("\n")[0]
        raise SettingsError(f"The database at {where(url)} does not answer: {reason}") from error
