"""What could not be handled, in the inbox and among the broker's dead letters, as one list; try it again or give it up.

The ``events dead`` command and the admins do it through these functions.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from chassis.events import parked_events
from chassis.events.database import EventDatabase
from chassis.events.dead_letters import DeadLetter, browse
from chassis.events.parked_events import ParkedEvent
from chassis.events.sending import send
from chassis.events.transports import Message, Transport


@dataclass(frozen=True, slots=True)
class DeadEvent:
    """An event that is dead, or that will be tried again or waits behind one (``state``); or bytes that are none."""

    id: str
    queue: str
    place: str
    state: str
    type: str | None
    key: str | None
    attempts: int | None
    since: datetime | None
    reason: str | None
    body: bytes


IsChosen = Callable[[DeadEvent], bool]


def in_inbox(queue: str, database: EventDatabase) -> Iterator[DeadEvent]:
    """What waits in a queue's inbox, in the order it came."""
    return (_of_entry(queue, entry) for entry in parked_events.entries(database, queue))


def on_broker(queue: str, transport: Transport) -> Generator[DeadEvent]:
    """The dead letters of a queue, which stay there; close it where they are not all wanted. Raises TransportLost."""
    with closing(browse(transport, queue)) as letters:
        for letter in letters:
            yield _of_letter(letter)


def redrive(
    queues: Iterable[str], is_chosen: IsChosen, *, database: EventDatabase, transport: Transport
) -> Iterator[str]:
    """Have what is chosen, and not held, tried again at once; gives its ids as it goes. Raises TransportLost."""
    with closing(transport.publisher()) as publisher:
        for queue in queues:
            for entry in _chosen_entries(queue, is_chosen, database):
                if parked_events.redrive(database, queue, entry.event_id):
                    yield entry.event_id
            for letter in _chosen_letters(queue, is_chosen, transport):
                send(publisher, [Message(letter.id, "", "", letter.body)], queue)
                letter.remove()
                yield letter.id


def discard(
    queues: Iterable[str], is_chosen: IsChosen, reason: str, *, database: EventDatabase, transport: Transport
) -> Iterator[str]:
    """Give up for good what is chosen; gives its ids as it goes. Raises TransportLost."""
    for queue in queues:
        for entry in _chosen_entries(queue, is_chosen, database):
            if parked_events.discard(database, queue, entry.event_id, reason):
                yield entry.event_id
        for letter in _chosen_letters(queue, is_chosen, transport):
            letter.remove()
            yield letter.id


def _chosen_entries(queue: str, is_chosen: IsChosen, database: EventDatabase) -> list[ParkedEvent]:
    return [entry for entry in parked_events.entries(database, queue) if is_chosen(_of_entry(queue, entry))]


def _chosen_letters(queue: str, is_chosen: IsChosen, transport: Transport) -> Iterator[DeadLetter]:
    return (letter for letter in browse(transport, queue) if is_chosen(_of_letter(letter)))


def _of_entry(queue: str, entry: ParkedEvent) -> DeadEvent:
    return DeadEvent(
        id=entry.event_id,
        queue=queue,
        place="inbox",
        state=entry.state,
        type=entry.type,
        key=entry.partition_key,
        attempts=entry.attempts,
        since=entry.received_at,
        reason=entry.error,
        body=entry.envelope.encode(),
    )


def _of_letter(letter: DeadLetter) -> DeadEvent:
    event = letter.event
    return DeadEvent(
        id=letter.id,
        queue=letter.queue,
        place="broker",
        state="dead",
        type=event.type if event else None,
        key=event.partition_key if event else None,
        attempts=None,
        since=None,
        reason=letter.reason,
        body=letter.body,
    )
