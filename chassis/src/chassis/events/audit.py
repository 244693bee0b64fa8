"""Comparing an outbox with an inbox: published = handled + parked, event by event."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chassis import clock
from chassis.events.database import EventDatabase, Row
from chassis.events.topology import Queue
from chassis.events.transports import Message, Publisher, PublishOutcome, TransportLost

CHUNK = 1000
UNDER_WAY = timedelta(seconds=30)
"""How long an event may be between outbox and inbox before it counts as missing, when its queue is empty."""

_PUBLISHED = """
SELECT id, event_id, published_at FROM outbox_event
WHERE id > %s AND published_at IS NOT NULL AND type IN ({types}) AND created_at >= %s ORDER BY id LIMIT %s
"""
_STATES = "SELECT event_id, state, error FROM inbox_event WHERE consumer = %s AND event_id IN ({ids})"
_ENVELOPES = "SELECT event_id, type, partition_key, envelope FROM outbox_event WHERE event_id = %s"


@dataclass(slots=True)
class Account:
    """What became of the events published for a queue."""

    queue: Queue
    published: int = 0
    states: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        """The figures, which add up to ``published``."""
        names = ("handled", "discarded", "failed", "held", "dead", "dead letters", "under way")
        return {
            "queue": self.queue.name,
            "published": self.published,
            **{name: self.states[name] for name in names},
            "missing": len(self.missing),
        }


def account(  # noqa: PLR0913  two sides, and what is known of the way between them
    queue: Queue,
    producer: EventDatabase,
    consumer: EventDatabase,
    *,
    since: datetime | None = None,
    dead_letters: Collection[str] = (),
    waiting: int = 0,
    now: clock.Clock = clock.now,
) -> Account:
    """Compare what ``producer`` published for a queue with the inbox; ``waiting`` is what the queue still holds."""
    result = Account(queue)
    recent = now() - UNDER_WAY
    for chunk in _published(queue, producer, since):
        states = _states(queue, consumer, [str(row[1]) for row in chunk])
        for _, identity, published_at in chunk:
            state = states.get(str(identity))
            if state is None and str(identity) in dead_letters:
                state = "dead letters"
            elif state is None and (waiting or clock.from_database(published_at) > recent):
                state = "under way"
            if state is None:
                result.missing.append(str(identity))
            else:
                result.states[state] += 1
        result.published += len(chunk)
    return result


def repair(gaps: Account, producer: EventDatabase, publisher: Publisher) -> None:
    """Send the missing events to their queue again, as they were; raises TransportLost when it does not take them."""
    for identity in gaps.missing:
        with producer.transaction() as transaction:
            [(event_id, type_name, key, body)] = transaction.execute(_ENVELOPES, (identity,))
        message = Message(str(event_id), type_name, key, body.encode())
        if publisher.publish([message], queue=gaps.queue.name).get(message.id) is not PublishOutcome.CONFIRMED:
            raise TransportLost(f"{gaps.queue.name} did not take {identity}")


def _published(queue: Queue, producer: EventDatabase, since: datetime | None) -> Iterator[list[Row]]:
    sql = _PUBLISHED.format(types=_places(queue.types))
    position = 0
    start = clock.to_database(since or datetime.fromtimestamp(0, tz=clock.now().tzinfo))
    while True:
        with producer.transaction() as transaction:
            chunk = transaction.execute(sql, (position, *queue.types, start, CHUNK))
        if not chunk:
            return
        yield chunk
        position = chunk[-1][0]


def _states(queue: Queue, consumer: EventDatabase, ids: list[str]) -> dict[str, str]:
    with consumer.transaction() as transaction:
        rows = transaction.execute(_STATES.format(ids=_places(ids)), (queue.name, *ids))
    return {str(row[0]): _state(row) for row in rows}


def _state(row: Row) -> str:
    """Handled rows keep no error, except those an operator discarded."""
    return "discarded" if row[1] == "handled" and row[2] else str(row[1])


def _places(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))
