"""``events dead``: what cannot be handled, in the inbox and on the broker; try it again or give it up."""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from chassis.events import parked_events
from chassis.events.commands.context import CommandContext, send
from chassis.events.dead_letters import DeadLetter
from chassis.events.parked_events import ParkedEvent
from chassis.events.transports import Message
from chassis.settings import SettingsError

Row = dict[str, object]


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("dead", help="what cannot be handled: list, look, try again, give up")
    actions = parser.add_subparsers(required=True, metavar="action")
    listing = actions.add_parser("ls", parents=[shared], help="list what is dead")
    listing.add_argument("--parked", action="store_true", help="also what will be tried again, and what it holds back")
    listing.add_argument("--queue", help="of one queue only")
    listing.set_defaults(run=list_dead)
    look = actions.add_parser("show", parents=[shared], help="one of them with its body")
    look.add_argument("id")
    look.set_defaults(run=show)
    for name, does, text in (("redrive", redrive, "try again now"), ("discard", discard, "give up for good")):
        action = actions.add_parser(name, parents=[shared], help=text)
        which = action.add_mutually_exclusive_group(required=True)
        which.add_argument("id", nargs="?")
        which.add_argument("--all", action="store_true", help="everything that is dead")
        action.add_argument("--queue", help="of one queue only")
        if does is discard:
            action.add_argument("--reason", required=True, help="why, for those who ask later")
        action.set_defaults(run=does)


def list_dead(context: CommandContext, args: argparse.Namespace) -> None:
    rows: list[Row] = []
    for queue in context.chosen_queues(args.queue):
        entries = parked_events.entries(context.database, queue.name)
        rows += [_of_entry(queue.name, each) for each in entries if args.parked or each.state == "dead"]
        rows += [_of_letter(each) for each in context.dead_letters(queue.name)]
    context.out.table(rows, "Nothing is dead.")


def show(context: CommandContext, args: argparse.Namespace) -> None:
    for row, body in _everything(context):
        if row["id"] == args.id:
            context.out.document(row | {"body": _readable(body)})
            return
    raise _unknown(args.id)


def redrive(context: CommandContext, args: argparse.Namespace) -> None:
    redriven: list[str] = []
    with context.publisher() as publisher:
        for queue in context.chosen_queues(args.queue):
            for entry in _chosen_entries(context, args, queue.name):
                if entry.state == "held":
                    raise SettingsError(f"{entry.event_id} waits for an earlier event of its key; redrive that one.")
                if parked_events.redrive(context.database, queue.name, entry.event_id):
                    redriven.append(entry.event_id)
            for letter in _chosen_letters(context, args, queue.name):
                send(publisher, [Message(letter.id, "", "", letter.body)], queue.name)
                letter.remove()
                redriven.append(letter.id)
    _tell(context, args, redriven, "will be tried again")


def discard(context: CommandContext, args: argparse.Namespace) -> None:
    discarded: list[str] = []
    for queue in context.chosen_queues(args.queue):
        discarded += [
            entry.event_id
            for entry in _chosen_entries(context, args, queue.name)
            if parked_events.discard(context.database, queue.name, entry.event_id, args.reason)
        ]
        for letter in _chosen_letters(context, args, queue.name):
            letter.remove()
            discarded.append(letter.id)
    _tell(context, args, discarded, "given up")


def _chosen_entries(context: CommandContext, args: argparse.Namespace, queue: str) -> list[ParkedEvent]:
    entries = parked_events.entries(context.database, queue)
    return [each for each in entries if (each.state == "dead" if args.all else each.event_id == args.id)]


def _chosen_letters(context: CommandContext, args: argparse.Namespace, queue: str) -> Iterator[DeadLetter]:
    return (each for each in context.dead_letters(queue) if args.all or each.id == args.id)


def _tell(context: CommandContext, args: argparse.Namespace, ids: list[str], what: str) -> None:
    if not ids and args.id:
        raise _unknown(args.id)
    context.out.say(f"{len(ids)} {what}.", ids=ids)


def _unknown(identity: str) -> SettingsError:
    return SettingsError(f"Nothing that waits has the id {identity!r}; `events dead ls --parked` lists what does.")


def _everything(context: CommandContext) -> Iterator[tuple[Row, bytes]]:
    for queue in context.queues:
        for entry in parked_events.entries(context.database, queue.name):
            yield _of_entry(queue.name, entry), entry.envelope.encode()
        for letter in context.dead_letters(queue.name):
            yield _of_letter(letter), letter.body


def _of_entry(queue: str, entry: ParkedEvent) -> Row:
    return {
        "id": entry.event_id,
        "queue": queue,
        "place": "inbox",
        "state": entry.state,
        "type": entry.type,
        "key": entry.partition_key,
        "attempts": entry.attempts,
        "since": entry.received_at,
        "reason": entry.error,
    }


def _of_letter(letter: DeadLetter) -> Row:
    event = letter.event
    return {
        "id": letter.id,
        "queue": letter.queue,
        "place": "broker",
        "state": "dead",
        "type": event.type if event else None,
        "key": event.partition_key if event else None,
        "attempts": None,
        "since": None,
        "reason": letter.reason,
    }


def _readable(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="backslashreplace")
