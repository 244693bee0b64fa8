"""``events dead``: what cannot be handled, in the inbox and on the broker; try it again or give it up."""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import chain
from typing import Any

from chassis.events import dead_events
from chassis.events.commands.context import CommandContext
from chassis.events.dead_events import DeadEvent
from chassis.settings import SettingsError


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
    queues = [queue.name for queue in context.chosen_queues(args.queue)]
    listed = (each for each in _everything(context, queues) if args.parked or each.state == "dead")
    context.out.table([_row(each) for each in listed], "Nothing is dead.")


def show(context: CommandContext, args: argparse.Namespace) -> None:
    for each in _everything(context, [queue.name for queue in context.queues]):
        if each.id == args.id:
            context.out.document(_row(each) | {"body": _readable(each.body)})
            return
    raise _unknown(args.id)


def redrive(context: CommandContext, args: argparse.Namespace) -> None:
    def is_chosen(each: DeadEvent) -> bool:
        chosen = _is_meant(args)(each)
        if chosen and each.state == "held":
            raise SettingsError(f"{each.id} waits for an earlier event of its key; redrive that one.")
        return chosen

    queues = [queue.name for queue in context.chosen_queues(args.queue)]
    redriven = dead_events.redrive(queues, is_chosen, database=context.database, transport=context.transport)
    _tell(context, args, list(redriven), "will be tried again")


def discard(context: CommandContext, args: argparse.Namespace) -> None:
    queues = [queue.name for queue in context.chosen_queues(args.queue)]
    given_up = dead_events.discard(
        queues, _is_meant(args), args.reason, database=context.database, transport=context.transport
    )
    _tell(context, args, list(given_up), "given up")


def _is_meant(args: argparse.Namespace) -> Callable[[DeadEvent], bool]:
    """Whether the words of the command mean an event: by its id whatever its state, or all that are dead."""
    return lambda each: each.state == "dead" if args.all else each.id == args.id


def _tell(context: CommandContext, args: argparse.Namespace, ids: list[str], what: str) -> None:
    if not ids and args.id:
        raise _unknown(args.id)
    context.out.say(f"{len(ids)} {what}.", ids=ids)


def _unknown(identity: str) -> SettingsError:
    return SettingsError(f"Nothing that waits has the id {identity!r}; `events dead ls --parked` lists what does.")


def _everything(context: CommandContext, queues: list[str]) -> Iterator[DeadEvent]:
    for queue in queues:
        yield from chain(dead_events.in_inbox(queue, context.database), dead_events.on_broker(queue, context.transport))


def _row(each: DeadEvent) -> dict[str, object]:
    return {name: value for name, value in asdict(each).items() if name != "body"}


def _readable(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="backslashreplace")
