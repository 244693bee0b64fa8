"""The relay, from both kinds of database."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from chassis.events import outbox, outbox_reader, retention
from chassis.events.databases import plain
from chassis.events.databases.plain import PlainDatabase
from chassis.events.envelope import encode
from chassis.events.outbox import shard_of
from chassis.events.outbox_reader import LEASE, OutboxReader
from chassis.events.relay import Relay
from chassis.events.topology import Queue
from chassis.events.transports import Message, PublishOutcome, Transport, TransportLost

from chassis import clock, metrics, statsd
from tests.support.events import PRINTED, printed, publish, rows, sqlite_url, take, wait_until


class RecordingPublisher:
    """Confirms everything except what it is told to return, and remembers it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.returns: set[str] = set()
        self.is_ready = True
        self.loses = 0

    def ready(self) -> bool:
        return self.is_ready

    def publish(self, messages: Sequence[Message], *, queue: str | None = None) -> dict[str, PublishOutcome]:
        if self.loses:
            self.loses -= 1
            raise TransportLost("gone")
        sent: dict[str, PublishOutcome] = {}
        stuck: set[str] = set()
        for message in messages:
            if message.key not in stuck:
                returned = message.mandatory and message.key in self.returns
                sent[message.id] = PublishOutcome.RETURNED if returned else PublishOutcome.CONFIRMED
                stuck |= {message.key} if returned else set()
                self.bodies += [] if returned else [message.body]
        return sent

    def close(self) -> None: ...


@pytest.fixture
def publisher() -> RecordingPublisher:
    return RecordingPublisher()


def pending(database: PlainDatabase) -> int:
    return int(rows(database, "SELECT count(*) FROM outbox_event WHERE published_at IS NULL")[0][0])


def test_events_are_published_in_order_per_key_and_marked(
    database: PlainDatabase, publisher: RecordingPublisher
) -> None:
    events = [printed(key, sequence) for sequence in range(1, 6) for key in range(9)]
    publish(database, *events)

    assert Relay(database, publisher).relay_pending() == 45

    assert pending(database) == 0
    for key in range(9):
        mine = [encode(each) for each in events[key::9]]
        assert [body for body in publisher.bodies if body in mine] == mine


def test_what_was_published_is_counted_by_what_happened_and_what_came_back_is_not(
    database: PlainDatabase, publisher: RecordingPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[str, int]] = []
    monkeypatch.setattr(statsd, "incr", lambda name, count: counted.append((name, count)))
    refused = printed(9)
    publisher.returns = {refused.partition_key}
    publish(database, printed(1), printed(2), refused)

    Relay(database, publisher).relay_pending()

    assert sum(count for name, count in counted if name == "article.printed") == 2
    assert {name for name, _ in counted} == {"article.printed"}


def test_event_of_a_transaction_that_failed_is_never_published(
    database: PlainDatabase, publisher: RecordingPublisher
) -> None:
    def change() -> None:
        with database.transaction() as transaction:
            outbox.add(transaction.execute, database.dialect, printed())
            raise RuntimeError("the change did not happen")

    with pytest.raises(RuntimeError):
        change()
    assert Relay(database, publisher).relay_pending() == 0
    assert publisher.bodies == []


def test_type_that_another_service_owns_is_told_and_stays_and_the_others_go(
    database: PlainDatabase, publisher: RecordingPublisher
) -> None:
    own = printed(2)
    publish(database, replace(printed(1), type="mail.letter.sent.v1"), own)

    assert Relay(database, publisher, service="press").relay_pending() == 1

    assert publisher.bodies == [encode(own)]
    [(error,)] = rows(database, "SELECT last_error FROM outbox_event WHERE published_at IS NULL")
    assert error == "mail.letter.sent.v1 is not press's to publish"


def test_returned_event_waits_with_back_off_and_holds_back_its_key_alone(
    database: PlainDatabase, publisher: RecordingPublisher
) -> None:
    now = clock.now()
    relay = Relay(database, publisher, outbox=OutboxReader(database, now=lambda: now))
    first, second, other = printed(1, 1), printed(1, 2), printed(2, 1)
    publish(database, first, second, other)
    publisher.returns = {first.partition_key}

    assert relay.relay_pending() == 1
    assert publisher.bodies == [encode(other)]
    assert rows(database, "SELECT attempts, last_error FROM outbox_event ORDER BY id")[:2] == [
        (1, "returned"),
        (0, None),
    ]

    publisher.returns = set()
    assert relay.relay_pending() == 0  # it is not time yet, and the second may not overtake
    now += timedelta(seconds=2)
    assert relay.relay_pending() == 2
    assert publisher.bodies == [encode(other), encode(first), encode(second)]


def test_event_with_optional_subscribers_needs_none(database: PlainDatabase, publisher: RecordingPublisher) -> None:
    event = printed()
    publish(database, event)
    publisher.returns = {event.partition_key}
    assert Relay(database, publisher, optional=[PRINTED]).relay_pending() == 1
    assert pending(database) == 0


def test_lost_transport_leaves_everything_pending(database: PlainDatabase, publisher: RecordingPublisher) -> None:
    publish(database, printed())
    publisher.loses = 1
    relay = Relay(database, publisher)
    with pytest.raises(TransportLost):
        relay.relay_pending()
    assert pending(database) == 1
    assert relay.relay_pending() == 1


def test_paused_shard_is_left_alone(database: PlainDatabase, publisher: RecordingPublisher) -> None:
    events = [printed(key) for key in range(20)]
    publish(database, *events)
    paused = shard_of(events[0].partition_key)
    with database.transaction() as transaction:
        transaction.execute("UPDATE outbox_shard SET paused = true WHERE shard = %s", (paused,))

    Relay(database, publisher).relay_pending()

    waiting = {row[0] for row in rows(database, "SELECT shard FROM outbox_event WHERE published_at IS NULL")}
    assert waiting == {paused}


def test_claimed_shard_is_passed_over_by_another_relay(database: PlainDatabase, database_url: str) -> None:
    publish(database, printed())
    other = OutboxReader(plain.connect(database_url))
    with OutboxReader(database).claim(-1) as claim:
        assert claim is not None
        with other.claim(-1) as nothing:
            assert nothing is None
    with other.claim(-1) as again:
        assert again is not None
    other.database.close()


def test_lease_of_a_relay_that_died_runs_out(tmp_path: Path) -> None:
    with sqlite_url(tmp_path) as url:
        database = plain.connect(url)
        publish(database, printed())
        died = OutboxReader(database).claim(-1)
        assert died.__enter__() is not None
        later = OutboxReader(database, now=lambda: clock.now() + LEASE * 2)
        with later.claim(-1) as claim:
            assert claim is not None
        database.close()


def test_batches_bound_what_is_taken_at_once(database: PlainDatabase, publisher: RecordingPublisher) -> None:
    publish(database, *[printed(1, sequence) for sequence in range(1, 26)])
    relay = Relay(database, publisher, outbox=OutboxReader(database, batch=10))
    assert [relay.relay_pending() for _ in range(4)] == [10, 10, 5, 0]


def test_backlog_is_read_along_the_index_of_pending_events(database: PlainDatabase) -> None:
    publish(database, *(printed(key, 1) for key in range(2000)))
    rows(database, "ANALYZE")
    explain = "EXPLAIN " if database.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
    plan = rows(database, explain + outbox_reader._OLDEST.format(other_keys=""), 0, 0, 10)
    assert "outbox_event_pending" in str(plan)


def test_running_relay_publishes_soon_after_the_commit(
    database: PlainDatabase, database_url: str, transport: Transport, queue: Queue
) -> None:
    transport.apply([queue])
    stop = threading.Event()
    relay = Relay(plain.connect(database_url), transport.publisher())
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    subscription = transport.subscribe([queue.name], prefetch=10)
    for sequence in (1, 2, 3):
        event = printed(1, sequence)
        publish(database, event)
        [delivery] = take(subscription, 1)
        assert delivery.body == encode(event)
    stop.set()
    thread.join()
    subscription.close()
    assert pending(database) == 0


def test_what_a_service_tells_itself_waits_for_its_consumer(
    database: PlainDatabase, database_url: str, transport: Transport, queue: Queue
) -> None:
    publish(database, printed())
    stop = threading.Event()
    relay = Relay(
        plain.connect(database_url),
        transport.publisher(),
        optional=[PRINTED],
        declare=lambda: transport.apply([queue]),
    )
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    wait_until(lambda: pending(database) == 0)
    stop.set()
    thread.join()
    depth = transport.depth(queue.name)
    assert depth
    assert depth.ready == 1


def test_own_queues_are_made_anew_after_the_transport_was_lost(database: PlainDatabase, database_url: str) -> None:
    publisher, declared = RecordingPublisher(), threading.Semaphore(0)
    publisher.loses = 1
    publish(database, printed())
    stop = threading.Event()
    relay = Relay(plain.connect(database_url), publisher, declare=declared.release)
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    wait_until(lambda: pending(database) == 0)
    stop.set()
    thread.join()
    assert [declared.acquire(blocking=False) for _ in range(3)] == [True, True, False]


def test_relay_outlives_a_transport_that_comes_late(database: PlainDatabase, database_url: str) -> None:
    publisher = RecordingPublisher()
    publisher.loses = 2
    publish(database, printed())
    stop = threading.Event()
    thread = threading.Thread(target=Relay(plain.connect(database_url), publisher).run, args=(stop,))
    thread.start()
    wait_until(lambda: pending(database) == 0)
    stop.set()
    thread.join()


def test_relay_waits_while_the_broker_is_blocked(database: PlainDatabase, database_url: str) -> None:
    publisher = RecordingPublisher()
    publisher.is_ready = False
    publish(database, printed())
    stop = threading.Event()
    thread = threading.Thread(target=Relay(plain.connect(database_url), publisher).run, args=(stop,))
    thread.start()
    wait_until(lambda: metrics.gauge("broker_blocked")._value.get() == 1)
    assert pending(database) == 1
    publisher.is_ready = True
    wait_until(lambda: pending(database) == 0)
    stop.set()
    thread.join()


def test_old_rows_are_purged_in_chunks_and_pending_ones_stay(
    database: PlainDatabase, publisher: RecordingPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 4)
    publish(database, *[printed(key) for key in range(10)])
    Relay(database, publisher).relay_pending()
    publish(database, printed(11))

    assert retention.purge(database) == 0
    assert retention.purge(database, now=lambda: clock.now() + timedelta(days=8)) == 10
    assert rows(database, "SELECT count(*) FROM outbox_event")[0][0] == 1
