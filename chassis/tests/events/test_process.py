"""Relay, consumer and messenger as processes: what they do when told to stop, when stuck and when cut off."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
from chassis.events import envelope, process, transports
from chassis.events.databases import plain
from chassis.events.envelope import Event
from chassis.events.topology import Queue
from chassis.metrics import catalogue
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.events.proxy import Proxy
from tests.support import events
from tests.support.events import (
    PRINTED,
    ArticlePrinted,
    effects,
    postgres_database,
    printed,
    rabbitmq_queues,
    rows,
    sqlite_url,
    wait_until,
)
from tests.support.press_process import FAILING, HANGING, SLOW, STALE_SECONDS

DRAIN_SECONDS = 5
KEYS = 7
OBSERVED = {  # the last section of the design of events
    *("outbox_pending", "outbox_oldest_age_seconds", "events_published_total", "events_confirm_seconds"),
    *("events_handled_total", "events_handler_seconds", "events_end_to_end_seconds", "inbox_parked"),
    *("broker_blocked", "broker_reconnects_total"),
}


class Press:
    """A database and a transport, and the processes between them."""

    def __init__(self, folder: Path, reader: str, database_url: str, events_url: str) -> None:
        self.folder = folder
        self.queue = f"{reader}.press-events"
        self.database = plain.connect(database_url)
        self.database_url, self.events_url = database_url, events_url
        transports.connect(events_url).apply([Queue(self.queue, (PRINTED,))])
        self.published: list[Event] = []
        self.running: list[subprocess.Popen[bytes]] = []
        self.heartbeat = folder / "heartbeat"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.metrics_port = free.getsockname()[1]
        self.environment = os.environ | {
            "READER": reader,
            "PRESS_DATABASE_URL": database_url,
            "EVENTS_URL": events_url,
            "HEARTBEAT_FILE": str(self.heartbeat),
            "DRAIN_SECONDS": str(DRAIN_SECONDS),
        }

    def start(self, command: str, **settings: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "log").open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "tests.support.press_process", command],
                env=self.environment | settings,
                stdout=log,
                stderr=log,
            )
        self.running.append(started)
        return started

    def publish(self, count: int, title: str = "First light") -> None:
        """Commit events of several keys in turn."""
        for number in range(len(self.published), len(self.published) + count):
            data = ArticlePrinted(article_id=UUID(int=number % KEYS + 1), title=title)
            event = envelope.create(data, sequence=number // KEYS + 1)
            events.publish(self.database, event)
            self.published.append(event)

    def marked(self) -> int:
        """How many events are published, as the outbox says."""
        [(count,)] = rows(self.database, "SELECT count(*) FROM outbox_event WHERE published_at IS NOT NULL")
        return int(count)

    def ready(self) -> int:
        """How many events are on the queue."""
        depth = transports.connect(self.events_url).depth(self.queue)
        return depth.ready if depth else 0

    def all_have_happened_once_in_order(self) -> None:
        """Wait until every event has had its effect, and see each had one, those of a key in order."""
        wait_until(lambda: len(effects(self.database)) >= len(self.published) and not self.ready())
        assert set(Counter(effects(self.database)).values()) == {1}
        for _, of_key in itertools.groupby(sorted(effects(self.database), key=lambda each: each[0]), lambda e: e[0]):
            sequences = [sequence for _, sequence in of_key]
            assert sequences == sorted(sequences)

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def answer(self, path: str) -> tuple[int, str]:
        """Status and text of what the process with METRICS_PORT serves; 0 while nobody does."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}{path}", timeout=5) as page:
                return page.status, page.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError:
            return 0, ""

    def close(self) -> None:
        for each in self.running:
            each.kill()
            each.wait()
        self.database.close()


def told_to_stop(process: "subprocess.Popen[bytes]") -> None:
    """Tell a process to stop, and see it end in good order and in time."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(DRAIN_SECONDS) == 0


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
def press(request: pytest.FixtureRequest, tmp_path: Path, reader: str) -> Iterator[Press]:
    """All on SQLite, or on PostgreSQL and RabbitMQ."""
    with ExitStack() as stack:
        if request.param == "embedded":
            database_url, events_url = stack.enter_context(sqlite_url(tmp_path)), f"sqlite:///{tmp_path}/bus.sqlite3"
        else:
            server, events_url = (request.getfixturevalue(name) for name in ("postgres_url", "rabbitmq_url"))
            database_url = stack.enter_context(postgres_database(server))
            stack.enter_context(rabbitmq_queues(events_url, reader))
        press = Press(tmp_path, reader, database_url, events_url)
        stack.callback(press.close)
        yield press


@contextmanager
def flowing(press: Press, title: str = "First light") -> Iterator[None]:
    """Somebody commits events all the while, and some more at the end."""
    enough = threading.Event()

    def commit() -> None:
        while not enough.wait(0.01):
            press.publish(1, title)
        press.publish(20, title)
        press.database.close()  # the connection of this thread

    thread = threading.Thread(target=commit)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def test_relay_stops_under_flow_and_has_marked_what_it_sent(press: Press) -> None:
    relay = press.start("relay")
    with flowing(press):
        wait_until(lambda: press.marked() > 50)
        told_to_stop(relay)
    assert press.marked() < len(press.published)
    wait_until(lambda: press.ready() == press.marked())
    press.start("messenger")
    press.all_have_happened_once_in_order()


def test_consumer_stops_under_flow_and_gives_back_what_it_has_not_handled(press: Press) -> None:
    press.start("relay")
    consumer = press.start("consumer")
    with flowing(press, SLOW):
        wait_until(lambda: len(effects(press.database)) > 20)
        told_to_stop(consumer)
    wait_until(lambda: press.marked() == len(press.published))
    handled = len(effects(press.database))
    assert handled < len(press.published)
    wait_until(lambda: press.ready() == len(press.published) - handled)
    press.start("consumer")
    press.all_have_happened_once_in_order()


def test_messenger_stops_under_flow_with_nothing_lost_or_doubled(press: Press) -> None:
    messenger = press.start("messenger")
    with flowing(press, SLOW):
        wait_until(lambda: len(effects(press.database)) > 20)
        told_to_stop(messenger)
    handled = len(effects(press.database))
    assert handled < len(press.published)
    wait_until(lambda: press.ready() == press.marked() - handled)
    press.start("messenger")
    press.all_have_happened_once_in_order()


def test_heartbeat_stops_when_a_loop_hangs_and_the_process_still_ends_when_told_to(press: Press) -> None:
    messenger = press.start("messenger", DRAIN_SECONDS="1", METRICS_PORT=str(press.metrics_port))
    wait_until(lambda: press.answer("/livez")[0] == 200)
    first = press.heartbeat.stat().st_mtime
    wait_until(lambda: press.heartbeat.stat().st_mtime > first)
    press.publish(1, HANGING)
    wait_until(lambda: time.time() - press.heartbeat.stat().st_mtime > STALE_SECONDS)
    check = [sys.executable, "-m", "chassis.health", "--heartbeat", str(press.heartbeat), "--max-age"]
    assert subprocess.call([*check, str(STALE_SECONDS)]) == 1
    assert subprocess.call([*check, "3600"]) == 0
    messenger.send_signal(signal.SIGTERM)
    assert messenger.wait(1 + process.CLOSING_SECONDS + 2) == 1
    assert '"unfinished": ["retries"]' in press.log()


def test_metrics_of_events_are_served_and_those_of_the_catalogue(press: Press) -> None:
    press.start("messenger", METRICS_PORT=str(press.metrics_port))
    press.publish(3)
    press.publish(2, FAILING)
    served: dict[str, float] = {}

    def all_are_there() -> bool:
        samples = [
            each for family in text_string_to_metric_families(press.answer("/metrics")[1]) for each in family.samples
        ]
        served.update({f"{each.name} {sorted(each.labels.values())}": each.value for each in samples})
        names = {each.name.removesuffix("_count") for each in samples}
        return names >= OBSERVED and served.get(f"inbox_parked ['{press.queue}']") == 2

    wait_until(all_are_there, every=0.2)
    assert served[f"events_published_total ['confirmed', '{PRINTED}']"] == 5
    assert served[f"events_handled_total ['handled', '{PRINTED}', '{press.queue}']"] == 3
    assert served["broker_blocked []"] == served["broker_reconnects_total []"] == 0
    families = {family.name for family in text_string_to_metric_families(press.answer("/metrics")[1])}
    known = {name.removesuffix("_total") for name in catalogue()}
    assert {name for name in families if not name.startswith(("python_", "process_"))} <= known


@pytest.mark.servers
@pytest.mark.parametrize("press", ["servers"], indirect=True)
def test_process_waits_for_its_broker_and_connects_again_without_a_restart(press: Press, rabbitmq_url: str) -> None:
    port = port_of(rabbitmq_url)
    with Proxy(port) as proxy:
        through = rabbitmq_url.replace(f":{port}/", f":{proxy.port}/")
        refusing = threading.Thread(target=proxy.cut, args=(2,))
        refusing.start()
        messenger = press.start("messenger", EVENTS_URL=through, METRICS_PORT=str(press.metrics_port))
        press.publish(20)
        refusing.join()
        wait_until(lambda: len(effects(press.database)) == 20)
        proxy.cut(0.5)
        press.publish(20)
        press.all_have_happened_once_in_order()
        [lost] = [
            line for line in press.answer("/metrics")[1].splitlines() if line.startswith("broker_reconnects_total")
        ]
        assert float(lost.split()[1]) >= 2  # relay and consumer have each a connection
        told_to_stop(messenger)


@pytest.mark.servers
@pytest.mark.parametrize("press", ["servers"], indirect=True)
def test_process_gets_over_the_end_of_its_database_connections(press: Press, postgres_url: str) -> None:
    messenger = press.start("messenger")
    press.publish(20)
    press.all_have_happened_once_in_order()
    name = press.database_url.rpartition("/")[2]
    with psycopg.connect(postgres_url, autocommit=True) as server:
        ended = server.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", (name,)
        ).fetchone()
    assert ended
    assert ended[0] >= 2
    press.database.close()
    press.publish(20)
    press.all_have_happened_once_in_order()
    told_to_stop(messenger)


def test_relay_keeps_what_another_service_owns_and_publishes_on(press: Press) -> None:
    relay = press.start("relay")
    foreign = replace(printed(KEYS + 1), type="mail.letter.sent.v1")
    events.publish(press.database, foreign)
    press.publish(1)
    wait_until(lambda: press.marked() == 1)
    told_to_stop(relay)
    refused = rows(press.database, "SELECT event_id, last_error FROM outbox_event WHERE published_at IS NULL")
    assert [(str(identity), error) for identity, error in refused] == [
        (str(foreign.id), "mail.letter.sent.v1 is not press's to publish")
    ]
    assert "mail.letter.sent.v1 is not press's to publish" in press.log()


def test_process_without_the_tables_says_which_migration_is_missing(press: Press) -> None:
    for table in ("outbox_event", "outbox_shard", "inbox_event"):
        rows(press.database, f"DROP TABLE {table}")
    for command in ("relay", "consumer", "messenger"):
        assert press.start(command).wait(30) == 1
    assert press.log().count("migration chassis_events.0001_initial") == 3


def test_consumer_that_handles_nothing_yet_is_alive_without_database_and_broker(press: Press) -> None:
    consumer = press.start("consumer", READER="", PRESS_DATABASE_URL="", METRICS_PORT=str(press.metrics_port))
    wait_until(lambda: press.answer("/livez")[0] == 200 and press.heartbeat.exists())
    assert '"loops": []' in press.log()
    told_to_stop(consumer)


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port
