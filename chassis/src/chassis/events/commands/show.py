"""``events show``: one event and every hop it made, in every service in reach."""

import argparse
import json
from typing import Any

from chassis import clock
from chassis.events.commands.arguments import event_id
from chassis.events.commands.context import CommandContext
from chassis.events.database import EventDatabase
from chassis.settings import SettingsError

_OUTBOX = """
SELECT created_at, published_at, attempts, last_error, type, envelope FROM outbox_event WHERE event_id = %s
"""
_INBOX = """
SELECT consumer, state, attempts, next_attempt_at, error, received_at, handled_at, type, envelope
FROM inbox_event WHERE event_id = %s
"""
_CONSUMER = "SELECT consumer FROM inbox_event WHERE type = %s LIMIT 1"
_HIDDEN = ("type", "envelope")

Hop = dict[str, Any]


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("show", parents=[shared], help="one event and every hop it made")
    parser.add_argument("id", help="the event's id")
    parser.set_defaults(run=run)


def run(context: CommandContext, args: argparse.Namespace) -> None:
    wanted = event_id(args.id)
    hops = [hop for name, database in context.databases.items() for hop in _published(name, database, wanted)]
    hops += [hop for database in context.databases.values() for hop in _received(database, wanted)]
    hops += _not_received(context, wanted, hops)
    if not hops:
        raise SettingsError(f"No event {wanted} in {', '.join(context.databases)}.{_out_of_reach(context)}")
    _print(context, next((hop["envelope"] for hop in hops if hop["envelope"]), None), hops)


def _print(context: CommandContext, body: str | None, hops: list[Hop]) -> None:
    shown = [{name: value for name, value in hop.items() if name not in _HIDDEN} for hop in hops]
    event = json.loads(body) if body else None
    if context.out.as_json:
        context.out.document({"event": event, "hops": shown, "out_of_reach": context.unreachable})
        return
    if event:
        context.out.document(event)
    context.out.table(shown, "")
    if context.unreachable:
        context.out.say(_out_of_reach(context).strip())


def _out_of_reach(context: CommandContext) -> str:
    return "".join(f" {name} is out of reach: {why}." for name, why in context.unreachable.items())


def _published(name: str, database: EventDatabase, wanted: str) -> list[Hop]:
    with database.transaction() as transaction:
        rows = transaction.execute(_OUTBOX, (wanted,))
    hops = []
    for created, published, attempts, error, type_name, body in rows:
        written = _hop(f"{name} outbox", "written", created, type=type_name, envelope=body)
        sent = {"at": published, "attempts": attempts, "error": error, "type": type_name}
        hops += [written, _hop(f"{name} outbox", "published" if published else "pending", **sent)]
    return hops


def _received(database: EventDatabase, wanted: str) -> list[Hop]:
    with database.transaction() as transaction:
        rows = transaction.execute(_INBOX, (wanted,))
    hops = []
    for consumer, state, attempts, next_attempt, error, received, handled, type_name, body in rows:
        inbox = f"{consumer} inbox"
        rest = {"attempts": attempts, "error": error, "type": type_name, "envelope": body}
        hops += [_hop(inbox, "received", received), _hop(inbox, state, handled or next_attempt, **rest)]
    return hops


def _not_received(context: CommandContext, wanted: str, hops: list[Hop]) -> list[Hop]:
    """Where it should have come and has not, or only as a dead letter: services that handle others of its type."""
    types = [hop["type"] for hop in hops if hop["type"]]
    expected = {queue.name for queue in context.queues if not types or types[0] in queue.types}
    for database in context.databases.values():
        with database.transaction() as transaction:
            expected |= {row[0] for row in transaction.execute(_CONSUMER, tuple(types[:1]))} if types else set()
    found = []
    for queue in sorted(expected - {hop["where"].removesuffix(" inbox") for hop in hops}):
        letter = next((each for each in list(context.dead_letters(queue)) if each.id == wanted), None)
        if letter:
            found.append(_hop(f"{queue}.dead", "dead letter", error=letter.reason, envelope=letter.body.decode()))
        elif types:
            found.append(_hop(f"{queue} inbox", "not received"))
    return found


def _hop(where: str, state: str, at: object = None, **more: Any) -> Hop:
    names = ("attempts", "error", *_HIDDEN)
    moment = clock.from_database(at) if at else None
    return {"where": where, "state": state, "at": moment} | {name: more.get(name) for name in names}
