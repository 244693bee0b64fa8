"""Every process of blog, as ``broadsheet blog <command>``."""
# ruff: noqa: PLC0415  each command imports only what it runs, to start fast and stay small

import os
from typing import TYPE_CHECKING

from chassis.announcements import announce
from chassis.django.commands import DjangoCommands
from chassis.run import Command

from blog_service.django_apps import APPS

if TYPE_CHECKING:
    from chassis.events.service import EventService

    from blog_service.settings import BlogSettings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blog_service.django_settings")


def _settings() -> "BlogSettings":
    from blog_service.settings import settings

    return settings()


def event_service() -> "EventService":
    """What the chassis needs to know of blog's events."""
    shared.set_up()
    from chassis.events.databases.django import DjangoDatabase
    from chassis.events.service import EventService

    from blog_service.authors.snapshot import authors_snapshot
    from blog_service.events import HANDLERS, PUBLISHES

    return EventService(
        name="blog",
        settings=_settings(),
        publishes=PUBLISHES,
        handlers=HANDLERS,
        database=DjangoDatabase(),
        replicas={"authors": authors_snapshot},
    )


shared = DjangoCommands("blog", _settings, event_service, apps=APPS)


def demo(_arguments: list[str]) -> None:
    """Load the demo posts that are missing."""
    shared.set_up()
    from blog_service.demo.loading import load

    announce("blog", "demo", f"wrote {load()} posts")


def counts(arguments: list[str]) -> None:
    """Name the kept counts that counting contradicts, and exit with 1 if one is left so; --repair puts them right."""
    from chassis.settings import SettingsError

    if arguments not in ([], ["--repair"]):
        raise SettingsError("Say counts, or counts --repair.")
    shared.set_up()
    from blog_service.counts_audit import wrong_counts

    found = list(wrong_counts(repair=bool(arguments)))
    print(*found, f"{len(found)} wrong", sep="\n")  # noqa: T201  to whoever typed the command
    raise SystemExit(not all(wrong.repaired for wrong in found))


def index(_arguments: list[str]) -> None:
    """Let posts be found by search that are not yet: those of before it was there, or of an older release."""
    shared.set_up()
    from blog_service.posts.services.searching import posts_make_findable

    print(f"wrote the words of {sum(posts_make_findable())} posts")  # noqa: T201  to whoever typed the command


def import_posts(arguments: list[str]) -> None:
    """Take posts in from a folder of Markdown, or from what Ghost or WordPress exports; goes on where it ended."""
    shared.set_up()
    from blog_service.transfer.commands import import_posts

    raise SystemExit(import_posts(arguments))


def export_posts(arguments: list[str]) -> None:
    """Write posts and their pictures into a folder of Markdown, which `import` reads; goes on where it ended."""
    shared.set_up()
    from blog_service.transfer.commands import export_posts

    raise SystemExit(export_posts(arguments))


COMMANDS: dict[str, Command] = {
    "web": shared.web,
    "worker": shared.worker,
    "beat": shared.beat,
    "relay": shared.relay,
    "consumer": shared.consumer,
    "messenger": shared.messenger,
    "events": shared.events,
    "manage": shared.manage,
    "migrate": shared.migrate,
    "check": shared.check,
    "openapi": shared.openapi,
    "counts": counts,
    "demo": demo,
    "index": index,
    "import": import_posts,
    "export": export_posts,
}
