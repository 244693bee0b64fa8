"""``events replay``: send published events to one queue again, flagged, under ids of their own."""

import argparse
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chassis import clock
from chassis.events import envelope
from chassis.events.commands.arguments import moment
from chassis.events.commands.context import CommandContext
from chassis.events.envelope import Event
from chassis.events.sending import send
from chassis.events.topology import queue_name
from chassis.events.transports import Message
from chassis.settings import SettingsError

CHUNK = 500
_PUBLISHED = """
SELECT id, envelope FROM outbox_event
WHERE id > %s AND type = %s AND published_at IS NOT NULL AND created_at >= %s ORDER BY id LIMIT %s
"""


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("replay", parents=[shared], help="send published events to one queue again")
    parser.add_argument("--type", required=True, help="an event type this service publishes")
    parser.add_argument("--since", required=True, help="from when on, like 2026-11-23T10:00:00Z or 2h")
    parser.add_argument("--to", required=True, metavar="QUEUE", help="the one queue they go to")
    parser.set_defaults(run=run)


def run(context: CommandContext, args: argparse.Namespace) -> None:
    if args.type not in context.service.types:
        known = ", ".join(sorted(context.service.types)) or "none"
        raise SettingsError(f"{context.service.name} does not publish {args.type}; it publishes: {known}.")
    since = moment(args.since)
    _require_queue(context, args.to)
    count = 0
    with context.publisher() as publisher:
        for originals in _published(context, args.type, since):
            copies = [envelope.replayed(event) for event in originals]
            send(publisher, [_message(copy) for copy in copies], args.to)
            count += len(copies)
    context.out.say(f"{count} events sent to {args.to} again.", replayed=count, queue=args.to)


def _require_queue(context: CommandContext, queue: str) -> None:
    producer = context.service.name
    reader = queue.partition(".")[0]
    if queue != queue_name(reader, producer):
        raise SettingsError(f"{queue} takes no events of {producer}; such queues are <service>.{producer}-events.")
    if context.transport.depth(queue) is None:
        raise SettingsError(f"There is no queue {queue}.")


def _published(context: CommandContext, type_name: str, since: datetime) -> Iterator[list[Event]]:
    position = 0
    while True:
        with context.database.transaction() as transaction:
            rows = transaction.execute(_PUBLISHED, (position, type_name, clock.to_database(since), CHUNK))
        if not rows:
            return
        yield [envelope.decode(row[1].encode()) for row in rows]
        position = rows[-1][0]


def _message(event: Event) -> Message:
    return Message(str(event.id), event.type, event.partition_key, envelope.encode(event))
