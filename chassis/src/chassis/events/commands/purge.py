"""``events purge``: forget what events of a subject say, or delete what is old before its time comes anyway."""

import argparse
from typing import Any

from chassis.events import envelope, parked_events, retention
from chassis.events.commands import arguments as typed
from chassis.events.commands.context import CommandContext
from chassis.settings import SettingsError

_PENDING = """
SELECT count(*) FROM outbox_event WHERE aggregate_type = %s AND aggregate_id = %s AND published_at IS NULL
"""
# gone altogether, so that no replay or repair sends an event without its content
_FORGET_OUTBOX = """
DELETE FROM outbox_event WHERE aggregate_type = %s AND aggregate_id = %s AND published_at IS NOT NULL RETURNING 1
"""


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("purge", parents=[shared], help="forget a subject, or delete old rows")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--subject", help="forget what events of this subject say, for instance user/019aae60-…")
    which.add_argument("--old", action="store_true", help="delete what was published or handled long ago, now")
    parser.set_defaults(run=run)


def run(context: CommandContext, args: argparse.Namespace) -> None:
    if args.old:
        gone = retention.purge(context.database)
        context.out.say(f"{gone} old rows deleted.", deleted=gone)
        return
    subject = typed.subject(args.subject)
    forgotten = {
        "outbox": _forget_outbox(context, subject),
        "inbox": _forget_inbox(context, subject),
        "dead_letters": _forget_dead_letters(context, subject),
    }
    parts = ", ".join(f"{count} in the {place.replace('_', ' ')}" for place, count in forgotten.items())
    context.out.say(f"Forgotten of {subject}: {parts}.", **forgotten)


def _forget_outbox(context: CommandContext, subject: str) -> int:
    aggregate = tuple(subject.split("/", 1))
    with context.database.transaction() as transaction:
        [(pending,)] = transaction.execute(_PENDING, aggregate)
    if pending:
        raise SettingsError(f"{pending} events of {subject} wait to be published; purge when they are.")
    with context.database.transaction() as transaction:
        return len(transaction.execute(_FORGET_OUTBOX, aggregate))


def _forget_inbox(context: CommandContext, subject: str) -> int:
    """Only what waits has a body; without it an event cannot be handled, so it is given up."""
    return sum(
        parked_events.discard(context.database, queue.name, entry.event_id, "erased")
        for queue in context.queues
        for entry in parked_events.entries(context.database, queue.name)
        if envelope.decode(entry.envelope.encode()).subject == subject
    )


def _forget_dead_letters(context: CommandContext, subject: str) -> int:
    """Delete dead letters of the subject, and what is no event any more but names the subject's id."""
    identity = subject.partition("/")[2].encode()
    count = 0
    for queue in context.queues:
        for letter in context.dead_letters(queue.name):
            if letter.event.subject == subject if letter.event else identity in letter.body:
                letter.remove()
                count += 1
    return count
