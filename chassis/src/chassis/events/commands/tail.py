"""``events tail``: see events as they are published."""

import argparse
import sys
from contextlib import closing
from typing import Any

from chassis import log_output
from chassis.events import envelope
from chassis.events.commands import words as typed
from chassis.events.commands.desk import Desk
from chassis.events.envelope import EventUndecodable
from chassis.events.transports import Delivery
from chassis.settings import SettingsError

EVERYTHING = "#"


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("tail", parents=[shared], help="see events as they are published, until Ctrl-C")
    parser.add_argument("--type", default=EVERYTHING, help="a type or a pattern: auth.#, blog.post.*.v1")
    parser.add_argument("--subject", help="only this subject, for instance user/019aae60-…")
    parser.add_argument("--count", type=int, default=0, help="stop after so many")
    parser.set_defaults(run=run)


def run(desk: Desk, words: argparse.Namespace) -> None:
    _require_known(desk, words.type)
    subject = typed.subject(words.subject) if words.subject else None
    seen = 0
    with closing(desk.transport.listen(words.type)) as listener:
        while not log_output.has_lost(sys.stdout) and (not words.count or seen < words.count):
            for delivery in listener.receive(1):
                listener.settle([delivery])
                if not words.count or seen < words.count:
                    seen += _print(desk, delivery, subject)


def _require_known(desk: Desk, pattern: str) -> None:
    """Patterns may be for events of any service; a plain type that nobody here knows is a slip of the pen."""
    known = {*desk.service.types, *desk.service.handlers}
    if pattern not in known and not {"*", "#"} & set(pattern):
        raise SettingsError(
            f"{desk.service.name} neither publishes nor handles {pattern}; a pattern like 'auth.#' sees any service's."
        )


def _print(desk: Desk, delivery: Delivery, subject: str | None) -> bool:
    try:
        event = envelope.decode(delivery.body)
    except EventUndecodable:
        return False
    if subject not in {None, event.subject}:
        return False
    row = {"time": event.time, "id": event.id, "type": event.type, "subject": event.subject, "sequence": event.sequence}
    desk.out.line(row | ({"data": event.data} if desk.out.as_json else {}))
    return True
