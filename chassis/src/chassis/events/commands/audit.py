"""``events audit``: prove that what was published was handled or is parked, name every gap, and close it."""

import argparse
from datetime import datetime
from typing import Any

from chassis.events import parked_events
from chassis.events.audit import Account, account, repair
from chassis.events.commands.arguments import moment
from chassis.events.commands.context import CommandContext
from chassis.events.topology import Queue
from chassis.events.types import producer_of

NAMED_AT_MOST = 20
PARKED = ("failed", "held", "dead")


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("audit", parents=[shared], help="prove that published = handled + parked, per queue")
    parser.add_argument("--since", help="look at events from then on, like 2026-11-23T10:00:00Z or 2h")
    parser.add_argument("--repair", action="store_true", help="send what is missing to its queue again")
    parser.set_defaults(run=run)


def run(context: CommandContext, args: argparse.Namespace) -> bool:
    since = moment(args.since) if args.since else None
    accounts = [_account(context, queue, since) for queue in context.queues]
    compared = [each for each in accounts if _producer(each.queue) in context.databases]
    if args.repair:
        with context.publisher() as publisher:
            for each in compared:
                repair(each, context.databases[_producer(each.queue)], publisher)
    _print(context, accounts, repaired=args.repair)
    return len(compared) < len(accounts) or (any(each.missing for each in compared) and not args.repair)


def _account(context: CommandContext, queue: Queue, since: datetime | None) -> Account:
    """Both sides compared; without the producer's only what the inbox says."""
    producer = context.databases.get(_producer(queue))
    if producer is None:
        one_sided = Account(queue)
        one_sided.states.update(parked_events.count(context.database, queue.name))
        return one_sided
    depth = context.transport.depth(queue.name)
    letters = {letter.id for letter in context.dead_letters(queue.name)}
    waiting = depth.ready if depth else 0
    return account(queue, producer, context.database, since=since, dead_letters=letters, waiting=waiting)


def _producer(queue: Queue) -> str:
    return producer_of(queue.types[0])


def _print(context: CommandContext, accounts: list[Account], *, repaired: bool) -> None:
    rows = [_row(context, each, repaired=repaired) for each in accounts]
    if context.out.as_json:
        context.out.document([row | {"gaps": each.missing} for row, each in zip(rows, accounts, strict=True)])
        return
    context.out.table(rows, f"{context.service.name} handles no events; its own are audited by those who handle them.")
    for each in accounts:
        _name_gaps(context, each, "sent again" if repaired else "missing")


def _name_gaps(context: CommandContext, gaps: Account, word: str) -> None:
    for identity in gaps.missing[:NAMED_AT_MOST]:
        context.out.say(f"{word}: {identity} for {gaps.queue.name}")
    if len(gaps.missing) > NAMED_AT_MOST:
        context.out.say(f"and {len(gaps.missing) - NAMED_AT_MOST} more; --json names all")


def _row(context: CommandContext, books: Account, *, repaired: bool) -> dict[str, object]:
    figures = {name.replace(" ", "_"): value for name, value in books.row().items()}
    producer = _producer(books.queue)
    if producer not in context.databases:
        why = context.unreachable.get(producer, f"name its database with --database {producer}=URL")
        parked_only = {name: figures[name] if name in PARKED else None for name in figures}
        return parked_only | {"queue": books.queue.name, "verdict": f"not compared, {producer} is out of reach: {why}"}
    if books.missing:
        return figures | {"verdict": "sent again; audit once more" if repaired else "INCOMPLETE"}
    return figures | {"verdict": "nothing lost yet" if books.states["under way"] else "complete"}
