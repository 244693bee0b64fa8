"""The metrics of events, as ``ops/metrics.yaml`` declares them."""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from chassis import clock, statsd
from chassis.events.database import EventDatabase
from chassis.events.databases import plain
from chassis.events.envelope import Event
from chassis.events.outbox_reader import ShardClaim
from chassis.events.transports import PublishOutcome
from chassis.events.types import without_major
from chassis.liveness import Loop
from chassis.logging import get_logger
from chassis.metrics import counter, gauge, histogram, metric

EVERY_SECONDS = 5
COUNTED_AT_MOST = 100_000
"""Counting a larger backlog exactly would cost more than it tells."""

_PENDING = "SELECT count(*) FROM (SELECT 1 FROM outbox_event WHERE published_at IS NULL LIMIT %s) AS pending"
_OLDEST = """
SELECT (SELECT e.created_at FROM outbox_event AS e WHERE e.shard = s.shard AND e.published_at IS NULL
    ORDER BY e.id LIMIT 1) FROM outbox_shard AS s
"""
log = get_logger()


def announce() -> None:
    """Show at zero what has no labels, lest no trouble so far look like nobody counting it."""
    for name in ("broker_blocked", "broker_reconnects_total"):
        metric(name)


def backlog(database: EventDatabase) -> tuple[int, datetime | None]:
    """How many events wait in the outbox (100,000 may be more), and since when the oldest does."""
    with database.transaction() as transaction:
        pending = int(transaction.execute(_PENDING, (COUNTED_AT_MOST,))[0][0])
        oldest = [clock.from_database(row[0]) for row in transaction.execute(_OLDEST) if row[0]]
    return pending, min(oldest, default=None)


def published(claim: ShardClaim, sent: Mapping[str, PublishOutcome], seconds: float) -> None:
    """A batch was sent and answered, perhaps not all of it. What has happened is a business figure, too."""
    happened: Counter[str] = Counter()
    for row in claim.pending:
        if result := sent.get(row.event_id):
            counter("events_published_total").labels(row.type, result.value).inc()
            if result is PublishOutcome.CONFIRMED:
                happened[row.type] += 1
    for name, times in happened.items():
        statsd.incr(without_major(name).partition(".")[2], times)  # the prefix has its owner
    if claim.pending:
        histogram("events_confirm_seconds").observe(seconds)


def handled(consumer: str, event: Event, outcome: str, seconds: float) -> None:
    """A consumer is done with an event, for now or for good."""
    counter("events_handled_total").labels(consumer, event.type, outcome).inc()
    histogram("events_handler_seconds").labels(consumer).observe(seconds)
    if outcome == "handled":
        histogram("events_end_to_end_seconds").labels(consumer).observe((clock.now() - event.time).total_seconds())


def dead_lettered(consumer: str, reason: str) -> None:
    """A delivery was no event that could be handled here; its type may be anything, so it is no label."""
    counter("events_handled_total").labels(consumer, "unknown", "dead").inc()
    log.error("message buried", consumer=consumer, reason=reason)


def blocked(is_blocked: bool) -> None:
    gauge("broker_blocked").set(is_blocked)


def reconnecting(error: Exception) -> None:
    """The transport is away and will be tried again."""
    counter("broker_reconnects_total").inc()
    log.warning("transport lost", error=str(error))


class OutboxGauges:
    """Measures the outbox every few seconds."""

    def __init__(self, database: EventDatabase) -> None:
        self._database = database
        self._next = 0.0

    def update(self) -> None:
        if time.monotonic() < self._next:
            return
        pending, oldest = backlog(self._database)
        gauge("outbox_pending").set(pending)
        gauge("outbox_oldest_age_seconds").set((clock.now() - oldest).total_seconds() if oldest else 0)
        self._next = time.monotonic() + EVERY_SECONDS


def watch_outbox(url: str) -> Loop:
    """Measure the outbox from a thread until the loop is stopped: who relays it may be gone, and tell nothing.

    A database that is away is no trouble of this process.
    """
    database = plain.connect(url)
    gauges = OutboxGauges(database)

    def turn() -> float:
        try:
            gauges.update()
        except Exception as error:
            if not database.is_lost(error):
                raise
            log.warning("backlog not measured", error=str(error))
        return EVERY_SECONDS

    return Loop("outbox-backlog", turn, within=math.inf)


class InboxGauges:
    """Counts what is parked in the inboxes every few seconds; each counts by state."""

    def __init__(self, parked: Mapping[str, Callable[[], Mapping[str, int]]]) -> None:
        self._parked = parked
        self._next = 0.0

    def update(self) -> None:
        if time.monotonic() < self._next:
            return
        for consumer, count in self._parked.items():
            gauge("inbox_parked").labels(consumer).set(sum(count().values()))
        self._next = time.monotonic() + EVERY_SECONDS
