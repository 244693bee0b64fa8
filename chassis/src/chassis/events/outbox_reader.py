"""How relays share an outbox: one claims a shard, takes its oldest events, and marks those that were confirmed.

On PostgreSQL the claim is a row lock held for the batch. SQLite has one write lock for all, which must not be held
while a broker answers, so there the claim is a lease in the row. Either way a shard has one relay, so keys keep their
order; should a lease run out under a slow relay, both publish the same events in the same order, and inboxes drop the
doubles.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from chassis import clock
from chassis.events.database import EventDatabase, Execute

BATCH = 500
LEASE = timedelta(seconds=30)
LONGEST_DELAY = 60
"""Seconds between attempts to publish an event that nobody was there for."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A row of the outbox that waits to be published."""

    id: int
    event_id: str
    type: str
    key: str
    envelope: str
    attempts: int


@dataclass(slots=True)
class ShardClaim:
    """A shard and its oldest events; what is put into ``published`` and ``refused`` is written at the end."""

    shard: int
    pending: list[Pending]
    published: list[Pending] = field(default_factory=list)
    refused: list[tuple[Pending, str]] = field(default_factory=list)


ClaimNext = Callable[[int], AbstractContextManager[ShardClaim | None]]
"""Claims the next shard above the given number that has something to do; None when there is none."""

_BUSY = """
SELECT s.shard FROM outbox_shard AS s
WHERE NOT s.paused AND s.shard > %s
AND EXISTS (SELECT 1 FROM outbox_event AS e WHERE e.shard = s.shard AND e.published_at IS NULL)
"""
_LOCK = f"{_BUSY} ORDER BY s.shard LIMIT 1 FOR UPDATE SKIP LOCKED"
_FREE = f"{_BUSY} AND (s.lease_until IS NULL OR s.lease_until < %s) ORDER BY s.shard LIMIT 1"
_TAKE_LEASE = f"UPDATE outbox_shard SET lease_owner = %s, lease_until = %s WHERE shard = ({_FREE}) RETURNING shard"  # noqa: S608
_RELEASE = "UPDATE outbox_shard SET lease_owner = NULL, lease_until = NULL WHERE shard = %s AND lease_owner = %s"
_WAITING = """
SELECT DISTINCT partition_key FROM outbox_event
WHERE published_at IS NULL AND attempts > 0 AND shard = %s AND available_at > %s
"""
# one shard, written as a range: then only the index of pending events gives the order, and PostgreSQL does not
# choose to walk along the primary key, over all that was published
_OLDEST = """
SELECT id, event_id, type, partition_key, envelope, attempts FROM outbox_event
WHERE shard BETWEEN %s AND %s AND published_at IS NULL {other_keys} ORDER BY shard, id LIMIT %s
"""
_REFUSED = "UPDATE outbox_event SET attempts = attempts + 1, available_at = %s, last_error = %s WHERE id = %s"


class OutboxReader:
    """The relay's side of an outbox."""

    def __init__(
        self, database: EventDatabase, *, batch: int = BATCH, lease: timedelta = LEASE, now: clock.Clock = clock.now
    ) -> None:
        self.database = database
        self._batch = batch
        self._lease_time = lease
        self._now = now
        self._owner = str(uuid4())
        self.claim: ClaimNext = self._claim_by_lock if database.dialect == "postgresql" else self._claim_by_lease

    @contextmanager
    def _claim_by_lock(self, after: int) -> Iterator[ShardClaim | None]:
        with self.database.transaction() as transaction:
            rows = transaction.execute(_LOCK, (after,))
            claim = ShardClaim(rows[0][0], self._oldest(transaction.execute, rows[0][0])) if rows else None
            yield claim
            if claim:
                self.mark(transaction.execute, claim)

    @contextmanager
    def _claim_by_lease(self, after: int) -> Iterator[ShardClaim | None]:
        claim = self._lease(after)
        try:
            yield claim
        finally:
            if claim:
                with self.database.transaction() as transaction:
                    self.mark(transaction.execute, claim)
                    transaction.execute(_RELEASE, (claim.shard, self._owner))

    def _lease(self, after: int) -> ShardClaim | None:
        now = self._now()
        free = (after, clock.to_database(now))
        with self.database.transaction() as transaction:  # only reads, so that an idle relay is in nobody's way
            if not transaction.execute(_FREE, free):
                return None
        with self.database.transaction() as transaction:
            rows = transaction.execute(_TAKE_LEASE, (self._owner, clock.to_database(now + self._lease_time), *free))
            return ShardClaim(rows[0][0], self._oldest(transaction.execute, rows[0][0])) if rows else None

    def mark(self, execute: Execute, claim: ShardClaim) -> None:
        """Write what became of a claim's events: one UPDATE for all that were confirmed."""
        if claim.published:
            matches, ids = self._among([row.id for row in claim.published])
            marked = (clock.to_database(self._now()), ids)
            execute(f"UPDATE outbox_event SET published_at = %s WHERE id {matches}", marked)  # noqa: S608
        for row, reason in claim.refused:
            delay = timedelta(seconds=min(2**row.attempts, LONGEST_DELAY))
            execute(_REFUSED, (clock.to_database(self._now() + delay), reason, row.id))

    def _oldest(self, execute: Execute, shard: int) -> list[Pending]:
        waiting = [row[0] for row in execute(_WAITING, (shard, clock.to_database(self._now())))]
        matches, keys = self._among(waiting)
        other_keys, excluded = (f"AND NOT partition_key {matches}", (keys,)) if waiting else ("", ())
        rows = execute(_OLDEST.format(other_keys=other_keys), (shard, shard, *excluded, self._batch))
        return [Pending(row[0], str(row[1]), *row[2:]) for row in rows]

    def _among(self, values: list[int] | list[str]) -> tuple[str, object]:
        """SQL that compares with a list of values, and the parameter to go with it."""
        if self.database.dialect == "postgresql":
            return "= ANY(%s)", values
        return "IN (SELECT value FROM json_each(%s))", json.dumps(values)
