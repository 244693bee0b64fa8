"""What cannot be handled, and what comes at the wrong time: parked in sight, and in nobody's way."""

import random

from chassis.events import envelope, parked_events
from chassis.events.envelope import Event, encode
from chassis.events.transports import Message

from tests.faults.events.conftest import Record
from tests.faults.events.processes import READER
from tests.faults.events.stage import Stage
from tests.support.events import printed, rows, take, wait_until

FIRST, OTHER = printed(1).partition_key, printed(2).partition_key


def send(stage: Stage, *bodies: bytes) -> None:
    """Put bodies on the reader's queue, past the outbox."""
    publisher = stage.transport.publisher()
    publisher.publish(
        [Message(f"id-{number}", "", f"key-{number}", body) for number, body in enumerate(bodies)], queue=READER.name
    )
    publisher.close()


def make_trouble(stage: Stage, key: str, times: int) -> None:
    with stage.reader.transaction() as transaction:
        for _ in range(times):
            transaction.execute("INSERT INTO trouble (key) VALUES (%s)", (key,))


def end_trouble(stage: Stage) -> None:
    with stage.reader.transaction() as transaction:
        transaction.execute("DELETE FROM trouble")


def die(stage: Stage) -> Event:
    """Publish three events of a key whose first never succeeds, and one of another key; wait until all is settled."""
    make_trouble(stage, FIRST, 1000)
    stage.consumer(handler="failing", hurry=0.00001)
    stage.relay()
    first = printed(1, 1)
    stage.publish(first, printed(1, 2), printed(1, 3), printed(2, 1))
    wait_until(lambda: stage.parked() == {"dead": 1, "held": 2}, every=0.1)
    wait_until(lambda: stage.effects() == [(OTHER, 1)])
    return first


def test_unroutable_event_waits_for_its_reader(stage: Stage, record: Record) -> None:
    stage.relay()
    stage.publish_many(5, 2)
    wait_until(lambda: rows(stage.press, "SELECT 1 FROM outbox_event WHERE last_error = 'returned'"))
    stage.consumer()
    stage.settle()
    assert record(stage).clean


def test_poison_and_unknown_types_are_dead_letters(stage: Stage, record: Record) -> None:
    sound = encode(printed())
    poison = [
        random.randbytes(200),
        sound.replace(b"printed.v1", b"burnt.v1"),
        sound.replace(b"printed.v1", b"printed.v9"),
    ]
    stage.consumer()
    stage.relay()
    stage.publish_many(5, 2)
    send(stage, *poison)
    stage.publish(printed(3))
    stage.settle()
    subscription = stage.transport.subscribe([READER.dead], prefetch=10)
    letters = take(subscription, 3)
    subscription.close()
    assert {letter.body for letter in letters} == set(poison)
    assert all(letter.headers["reason"] for letter in letters)
    assert record(stage).clean


def test_handler_that_fails_three_times(stage: Stage, record: Record) -> None:
    make_trouble(stage, FIRST, 3)
    stage.consumer(handler="failing")
    stage.relay()
    stage.publish_many(9, 3)
    stage.settle()
    assert record(stage).clean
    assert stage.parked() == {}


def test_dead_event_holds_its_key_until_it_is_redriven(stage: Stage, record: Record) -> None:
    first = die(stage)
    end_trouble(stage)
    assert parked_events.redrive(stage.reader, READER.name, str(first.id))
    stage.settle()
    assert record(stage).clean
    assert stage.audit().row()["handled"] == 4


def test_discarded_event_lets_its_key_go_on(stage: Stage, record: Record) -> None:
    first = die(stage)
    end_trouble(stage)
    assert parked_events.discard(stage.reader, READER.name, str(first.id), "sold out")
    stage.published.remove(first)
    stage.settle()
    assert record(stage).clean
    assert stage.audit().row() | {"handled": 3, "discarded": 1, "missing": 0} == stage.audit().row()


def test_replay_to_one_queue_rebuilds_a_read_copy(stage: Stage, record: Record) -> None:
    stage.consumer(handler="copy")
    stage.relay()
    stage.publish_many(20, 4)
    stage.settle()
    verdict = record(stage)
    before = copies(stage)
    with stage.reader.transaction() as transaction:
        transaction.execute("DELETE FROM copy")
    send(stage, *(encode(envelope.replayed(event)) for event in stage.published))
    wait_until(lambda: len(stage.effects()) == 40)
    assert verdict.clean
    assert copies(stage) == before


def test_duplicates_and_disorder_leave_the_newest_in_a_read_copy(stage: Stage, record: Record) -> None:
    events = [printed(key, sequence) for sequence in range(1, 11) for key in range(1, 4)]
    confusion = events * 2
    random.Random(1).shuffle(confusion)
    stage.consumer(handler="copy")
    send(stage, *map(encode, confusion))
    wait_until(lambda: len(stage.effects()) == len(events))
    wait_until(stage.quiet)
    stage.published = events
    verdict = record(stage)  # what came out of order was handled in the order it came
    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert copies(stage) == [(key, 10) for key in sorted({event.partition_key for event in events})]


def copies(stage: Stage) -> list[tuple[object, ...]]:
    return rows(stage.reader, "SELECT key, sequence FROM copy ORDER BY key")
