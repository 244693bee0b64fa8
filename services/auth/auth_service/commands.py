"""Every process of auth, as ``broadsheet auth <command>``."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

import os
from typing import TYPE_CHECKING

from chassis.django.commands import DjangoCommands
from chassis.run import Command

from auth_service.django_apps import APPS

if TYPE_CHECKING:
    from chassis.events.service import EventService

    from auth_service.settings import AuthSettings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auth_service.django_settings")


def _settings() -> "AuthSettings":
    from auth_service.settings import settings

    return settings()


def _events() -> "EventService":
    """What the chassis needs to know of auth's events; none of it needs Django."""
    from chassis.events.service import EventService

    from auth_service.events import HANDLERS, PUBLISHES

    return EventService(name="auth", settings=_settings(), publishes=PUBLISHES, handlers=HANDLERS)


shared = DjangoCommands("auth", _settings, _events, apps=APPS)


def demo(_arguments: list[str]) -> None:
    """Register the people of the demo content who are missing."""
    shared.set_up()
    from auth_service import demo as people

    for username in people.load():
        print(f"registered {username}, password {people.PASSWORD}")  # noqa: T201  to whoever typed the command


COMMANDS: dict[str, Command] = {
    "web": shared.web,
    "worker": shared.worker,
    "beat": shared.beat,
    "relay": shared.relay,
    "messenger": shared.messenger,
    "events": shared.events,
    "manage": shared.manage,
    "migrate": shared.migrate,
    "check": shared.check,
    "openapi": shared.openapi,
    "demo": demo,
}
