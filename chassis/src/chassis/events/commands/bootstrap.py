"""``events bootstrap``: fill a read copy from its owner's snapshot, then let live events bring it up to date."""

import argparse
import time
from collections import Counter
from typing import Any

from chassis.events import envelope
from chassis.events.commands.context import CommandContext
from chassis.events.database import EventDatabase
from chassis.events.envelope import Event
from chassis.events.inbox import Inbox, Outcome
from chassis.events.service import ReplicaSnapshot
from chassis.events.topology import Queue, queue_name
from chassis.events.types import producer_of
from chassis.internal_client import InternalUnavailable
from chassis.settings import SettingsError

POLL_SECONDS = 0.2


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("bootstrap", parents=[shared], help="fill a read copy from its owner's snapshot")
    parser.add_argument("replica", help="the read copy's name")
    parser.add_argument("--drain", type=float, default=60, help="seconds to wait until the queues are empty (60)")
    parser.set_defaults(run=run)


def run(context: CommandContext, args: argparse.Namespace) -> bool:
    snapshot = context.service.replicas.get(args.replica)
    if snapshot is None or context.service.database is None:
        known = ", ".join(sorted(context.service.replicas)) or "none"
        raise SettingsError(f"{context.service.name} has no read copy {args.replica!r}; it has: {known}.")
    context.transport.apply(context.queues)  # first, so that nothing that happens from now on is missed
    try:
        outcomes = _apply(context, context.service.database, snapshot)
    except InternalUnavailable as error:
        raise SettingsError(f"The snapshot of {args.replica} cannot be read: {error}; begin again later.") from error
    left = _drain(context, args.drain)
    parked = outcomes.total() - outcomes[Outcome.HANDLED]
    context.out.say(
        f"{outcomes.total()} taken from the snapshot of {args.replica}: {outcomes[Outcome.HANDLED]} handled, "
        f"{parked} parked; "
        + (f"{left} events still wait, is a consumer running?" if left else "the queues are empty."),
        taken=outcomes.total(),
        parked=parked,
        waiting=left,
    )
    return bool(left or parked)


def _apply(context: CommandContext, database: EventDatabase, snapshot: ReplicaSnapshot) -> Counter[Outcome]:
    """Hand the owner's state to the handlers through the inbox, which parks what fails."""
    inboxes = {queue.name: Inbox(database, queue.name, context.service.handlers) for queue in context.queues}
    outcomes: Counter[Outcome] = Counter()
    try:
        for event in snapshot():
            copy = envelope.replayed(event)
            outcomes[inboxes[_queue(context, copy)].receive(copy, envelope.encode(copy))] += 1
    finally:
        database.close()
    return outcomes


def _queue(context: CommandContext, event: Event) -> str:
    return queue_name(context.service.name, producer_of(event.type))


def _drain(context: CommandContext, seconds: float) -> int:
    """Wait until the queues are empty; gives how many events were left after ``seconds``."""
    deadline = time.monotonic() + seconds
    while (left := sum(_ready(context, queue) for queue in context.queues)) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return left


def _ready(context: CommandContext, queue: Queue) -> int:
    depth = context.transport.depth(queue.name)
    return depth.ready if depth else 0
