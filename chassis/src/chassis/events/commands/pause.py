"""``events pause`` and ``events resume``: hold the service's events back in the outbox, and let them go."""

import argparse
from typing import Any

from chassis.events.commands.context import CommandContext
from chassis.events.ddl import SHARDS
from chassis.settings import SettingsError


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    for name, paused, text in (
        ("pause", True, "hold the service's events back in the outbox"),
        ("resume", False, "let them go again"),
    ):
        parser = verbs.add_parser(name, parents=[shared], help=text)
        parser.add_argument("--shard", type=int, help=f"of one shard only, 0 to {SHARDS - 1}")
        parser.set_defaults(run=run, paused=paused)


def run(context: CommandContext, args: argparse.Namespace) -> None:
    if args.shard is not None and args.shard not in range(SHARDS):
        raise SettingsError(f"There is no shard {args.shard}; there are 0 to {SHARDS - 1}.")
    shards = list(range(SHARDS)) if args.shard is None else [args.shard]
    for shard in shards:  # one by one, for a relay has each for the time of a batch
        with context.database.transaction() as transaction:
            transaction.execute("UPDATE outbox_shard SET paused = %s WHERE shard = %s", (args.paused, shard))
    state = "paused" if args.paused else "running"
    which = "all shards" if args.shard is None else f"shard {args.shard}"
    context.out.say(f"The outbox of {context.service.name} is {state}: {which}.", state=state, shards=shards)
