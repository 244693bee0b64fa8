"""The commands that all Django services have; Django is imported once a command needs it."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

import importlib
import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from chassis.announcements import announced
from chassis.commands import Commands
from chassis.django.migrations import pending
from chassis.migrations import migrate, parse_options

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
        from chassis.listening import listener

        own = self.settings()
        listen = partial(listener, own.host, own.port, f"{own.service.upper()}_PORT")
        serve(own, self._application, listen=listen, workers=own.web_workers, threads=own.web_threads)

    def worker(self, arguments: list[str]) -> None:
        """Run jobs; where everything is on one machine, those that are due are queued here as well."""
        embedded = self.settings().jobs_in_file
        os.environ.setdefault("CELERY_SKIP_CHECKS", "yes")  # `check` makes them; they import every view
        options = ["--pool=solo"] if embedded else ["--pool=threads", "--concurrency=2"]
        self.celery("worker", "--without-gossip", "--without-mingle", *options, *arguments)

    def manage(self, arguments: list[str]) -> None:
        """Django's own commands."""
        from django.core.management import execute_from_command_line

        self.settings()
        execute_from_command_line(["manage", *arguments])

    def migrate(self, arguments: list[str]) -> None:
        """Bring the database up to date, waiting --within SECONDS; with --wait SECONDS stand by until somebody has."""
        migrate(self.service, self.settings, parse_options(arguments), pending=self._pending, apply=self._migrate)

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

    def _migrate(self) -> None:
        self.set_up()
        with announced(self.service, "migrate"):
            self.manage(["migrate", "--no-input"])

    def _application(self) -> Any:
        return importlib.import_module(f"{self.service}_service.wsgi").application
