"""``events tail``: see events as they are published."""

import argparse
import sys
from contextlib import closing
from typing import Any

from chassis import log_output
from chassis.events import envelope
from chassis.events.commands import arguments as typed
from chassis.events.commands.context import CommandContext
from chassis.events.envelope import EventUndecodable
from chassis.events.signs_of_life import sign_of
from chassis.events.transports import Delivery
from chassis.events.types import producer_of
from chassis.settings import SettingsError

EVERYTHING = "#"


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("tail", parents=[shared], help="see events as they are published, until Ctrl-C")
    parser.add_argument("--type", default=EVERYTHING, help="a type or a pattern: auth.#, blog.post.*.v1")
    parser.add_argument("--subject", help="only this subject, for instance user/019aae60-…")
    parser.add_argument("--count", type=int, default=0, help="stop after so many")
    parser.set_defaults(run=run)


def run(context: CommandContext, args: argparse.Namespace) -> None:
    _require_known(context, args.type)
    subject = typed.subject(args.subject) if args.subject else None
    seen = 0
    with closing(context.transport.listen(args.type)) as listener:
        while not log_output.has_lost(sys.stdout) and (not args.count or seen < args.count):
            for delivery in listener.receive(1):
                listener.ack([delivery])
                if not args.count or seen < args.count:
                    seen += _print(context, delivery, subject)


def _require_known(context: CommandContext, pattern: str) -> None:
    """Patterns may be for events of any service; a plain type that nobody here knows is a slip of the pen."""
    known = {*context.service.types, *context.service.handlers}
    if pattern not in known and not {"*", "#"} & set(pattern):
        name = context.service.name
        raise SettingsError(
            f"{name} neither publishes nor handles {pattern}; a pattern like 'auth.#' sees any service's."
        )


def _print(context: CommandContext, delivery: Delivery, subject: str | None) -> bool:
    try:
        event = envelope.decode(delivery.body)
    except EventUndecodable:
        return False
    if subject not in {None, event.subject} or event.type == sign_of(producer_of(event.type)):
        return False
    row = {"time": event.time, "id": event.id, "type": event.type, "subject": event.subject, "sequence": event.sequence}
    context.out.line(row | ({"data": event.data} if context.out.as_json else {}))
    return True
