"""The background processes of a press that reads its own events, as a service's command starts them.

    READER=reader PRESS_DATABASE_URL=… EVENTS_URL=… python -m tests.support.press_process messenger

Without a reader's name nothing is handled.

What an article is called says how its handler behaves.
"""

import os
import sys
import time
from typing import ClassVar

from chassis.events import process
from chassis.events.database import Execute
from chassis.events.databases import plain
from chassis.events.envelope import Event
from chassis.events.service import EventService
from chassis.settings import Secret, ServiceSettings, SettingsError, load

from tests.support.events import PRINTED, ArticlePrinted, IssueSold, take_effect

STALE_SECONDS = 2
SLOW, FAILING, HANGING = "slow", "failing", "hanging"


class PressSettings(ServiceSettings):
    """The settings of the press."""

    service: ClassVar[str] = "press"

    database_url: Secret = ""


def handle(execute: Execute, event: Event) -> None:
    """Have one effect per event; a hanging one fails first, and hangs when it is tried again."""
    title = event.data["title"]
    if title == SLOW:
        time.sleep(0.02)
    if title in {FAILING, HANGING}:
        [(attempts,)] = execute("SELECT attempts FROM inbox_event WHERE event_id = %s", (str(event.id),))
        if title == HANGING and attempts:
            time.sleep(3600)
        raise RuntimeError("out of paper")
    take_effect(execute, event)


def main() -> None:
    """Run the process that the first word names, until it is told to stop."""
    settings = load(PressSettings)
    service = EventService(
        name=os.environ["READER"],
        settings=settings,
        publishes=(ArticlePrinted, IssueSold),
        handlers={PRINTED: handle} if os.environ["READER"] else {},
        database=plain.connect(settings.database_url) if settings.database_url else None,
    )
    process.STALE_SECONDS = STALE_SECONDS
    try:
        {"relay": process.relay, "consumer": process.consumer, "messenger": process.messenger}[sys.argv[1]](service)
    except SettingsError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
