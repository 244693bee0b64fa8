"""``events pause`` and ``events resume``: hold the service's events back in the outbox, and let them go."""

import argparse
from typing import Any

from chassis.events.commands.desk import Desk
from chassis.events.schema import SHARDS
from chassis.settings import SettingsError


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    for name, paused, text in (
        ("pause", True, "hold the service's events back in the outbox"),
        ("resume", False, "let them go again"),
    ):
        parser = verbs.add_parser(name, parents=[shared], help=text)
        parser.add_argument("--shard", type=int, help=f"of one shard only, 0 to {SHARDS - 1}")
        parser.set_defaults(run=run, paused=paused)


def run(desk: Desk, words: argparse.Namespace) -> None:
    if words.shard is not None and words.shard not in range(SHARDS):
        raise SettingsError(f"There is no shard {words.shard}; there are 0 to {SHARDS - 1}.")
    shards = list(range(SHARDS)) if words.shard is None else [words.shard]
    for shard in shards:  # one by one, for a relay has each for the time of a batch
        with desk.database.transaction() as transaction:
            transaction.execute("UPDATE outbox_shard SET paused = %s WHERE shard = %s", (words.paused, shard))
    state = "paused" if words.paused else "running"
    which = "all shards" if words.shard is None else f"shard {words.shard}"
    desk.out.say(f"The outbox of {desk.service.name} is {state}: {which}.", state=state, shards=shards)
