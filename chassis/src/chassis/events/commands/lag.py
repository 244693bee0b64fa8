"""``events lag``: what waits where."""

import argparse
from typing import Any

from chassis import clock
from chassis.events import event_metrics, parked_events
from chassis.events.commands.context import CommandContext
from chassis.events.topology import Queue

_RETURNED = "SELECT count(*) FROM outbox_event WHERE published_at IS NULL AND attempts > 0"
_PAUSED = "SELECT count(*) FROM outbox_shard WHERE paused"


def declare(verbs: Any, shared: argparse.ArgumentParser) -> None:
    parser = verbs.add_parser("lag", parents=[shared], help="what waits in the outbox, on the queues and in the inbox")
    parser.set_defaults(run=run)


def run(context: CommandContext, _args: argparse.Namespace) -> None:
    context.out.table([_outbox(context), *(_queue(context, queue) for queue in context.queues)], "")


def _outbox(context: CommandContext) -> dict[str, object]:
    pending, oldest = event_metrics.backlog(context.database)
    with context.database.transaction() as transaction:
        [(returned,)] = transaction.execute(_RETURNED)
        [(paused,)] = transaction.execute(_PAUSED)
    notes = [f"oldest {(clock.now() - oldest).total_seconds():.0f} s"] if oldest else []
    notes += [f"{returned} not taken by the broker"] if returned else []
    notes += [f"{paused} shards paused"] if paused else []
    return _row(f"{context.service.name} outbox", waiting=pending, note=", ".join(notes) or None)


def _queue(context: CommandContext, queue: Queue) -> dict[str, object]:
    depth, letters = context.transport.depth(queue.name), context.transport.depth(queue.dead)
    counts = parked_events.count(context.database, queue.name)
    return _row(
        queue.name,
        waiting=depth.ready if depth else None,
        consumers=depth.consumers if depth else None,
        failed=counts.get("failed", 0),
        held=counts.get("held", 0),
        dead=counts.get("dead", 0),
        dead_letters=letters.ready if letters else 0,
        note=None if depth else f"no such queue; `broadsheet {context.service.name} events topology apply` makes it",
    )


def _row(where: str, **figures: object) -> dict[str, object]:
    columns = ("waiting", "consumers", "failed", "held", "dead", "dead_letters", "note")
    return {"where": where} | {name: figures.get(name) for name in columns}
