"""Every process of auth, as ``broadsheet auth <command>``."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

import contextlib
import os
from typing import TYPE_CHECKING

from chassis.announcements import announce
from chassis.django.commands import DjangoCommands
from chassis.run import Command

from auth_service.django_apps import APPS
from auth_service.users import hash_memory

if TYPE_CHECKING:
    from chassis.events.service import EventService

    from auth_service.settings import AuthSettings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auth_service.django_settings")


def _settings() -> "AuthSettings":
    from auth_service.settings import settings

    return settings()


def event_service() -> "EventService":
    """What the chassis needs to know of auth's events."""
    shared.set_up()
    from chassis.events.databases.django import DjangoDatabase
    from chassis.events.service import EventService

    from auth_service.events import HANDLERS, PUBLISHES

    return EventService(
        name="auth", settings=_settings(), publishes=PUBLISHES, handlers=HANDLERS, database=DjangoDatabase()
    )


shared = DjangoCommands("auth", _settings, event_service, apps=APPS)


def web(arguments: list[str]) -> None:
    """Serve HTTP; in production not while a demo account has its published password."""
    if _settings().production:
        _refuse_demo_accounts()
    hash_memory.keep(_settings().hashes_at_once)
    shared.web(arguments)


def check(arguments: list[str]) -> None:
    """Look at settings, code and accounts without serving; in production every warning counts."""
    shared.check(arguments)
    if _settings().production:
        _refuse_demo_accounts()


def _refuse_demo_accounts() -> None:
    """A database that does not answer yet is asked again by readiness."""
    shared.set_up()
    from django.db import DatabaseError, connection

    from auth_service.demo.people import refuse_in_production

    with contextlib.suppress(DatabaseError):
        refuse_in_production()
    connection.close()
    if hasattr(connection, "close_pool"):  # PostgreSQL's, which no fork may share
        connection.close_pool()


def demo(_arguments: list[str]) -> None:
    """Register the people of the demo content who are missing."""
    shared.set_up()
    from auth_service.demo import people

    for username in people.load():
        announce("auth", "demo", f"registered {username}")


def create_admin(arguments: list[str]) -> None:
    """Open the account of an admin; the password is asked for, or read from standard input."""
    shared.set_up()
    from auth_service.staff import create_admin

    print(create_admin.create_admin(arguments))  # noqa: T201  to whoever typed the command


def mails(_arguments: list[str]) -> None:
    """List the mails that were written to VAR_DIR/mail, and the links in them."""
    from auth_service.mails.listing import described, mails_in

    for message in mails_in(_settings().var_dir / "mail"):
        print(*described(message), sep="\n")  # noqa: T201  to whoever typed the command


COMMANDS: dict[str, Command] = {
    "web": web,
    "worker": shared.worker,
    "beat": shared.beat,
    "relay": shared.relay,
    "consumer": shared.consumer,
    "messenger": shared.messenger,
    "events": shared.events,
    "manage": shared.manage,
    "migrate": shared.migrate,
    "check": check,
    "openapi": shared.openapi,
    "create-admin": create_admin,
    "demo": demo,
    "mails": mails,
}
