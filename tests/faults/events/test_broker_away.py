"""The broker goes away, is cut off or takes nothing: everything arrives in the end, once, and no process restarts."""

import re
import threading

import pytest
from chassis.events.transports.amqp_publisher import CONFIRM_SECONDS

from launcher.servers import RabbitMQ
from tests.faults.events.conftest import Record
from tests.faults.events.processes import SLOW_SECONDS
from tests.faults.events.proxy import Proxy
from tests.faults.events.stage import Stage
from tests.support.events import printed, wait_until

pytestmark = pytest.mark.servers
Broken = tuple[Stage, RabbitMQ, Proxy]
HALF, KEYS = 60, 7
SILENCE = CONFIRM_SECONDS + 2
"""Long enough for the relay to give the connection up, with what it is owed."""


def run_both(stage: Stage) -> None:
    """Start relay and consumer, and see them work."""
    stage.consumer()
    stage.relay()
    stage.publish_many(HALF, KEYS)
    wait_until(lambda: len(stage.effects()) > HALF // 3)


def publish_more(stage: Stage, first: int) -> None:
    stage.publish(*(printed(number % KEYS + 1, number // KEYS + 1) for number in range(first, first + HALF)))


def still_the_same(stage: Stage) -> bool:
    return all(process.poll() is None for process in stage.processes)


def test_broker_stops_and_starts_in_mid_stream(broken_broker_stage: Broken, record: Record) -> None:
    stage, rabbitmq, _ = broken_broker_stage
    run_both(stage)
    rabbitmq.stop()
    publish_more(stage, HALF)
    rabbitmq.start()
    stage.settle()
    assert record(stage).clean
    assert still_the_same(stage)


def test_connection_is_cut_for_one_second(broken_broker_stage: Broken, record: Record) -> None:
    stage, _, proxy = broken_broker_stage
    run_both(stage)
    proxy.cut(seconds=1)
    publish_more(stage, HALF)
    stage.settle()
    assert record(stage).clean
    assert still_the_same(stage)


@pytest.mark.parametrize("seconds", [SILENCE, pytest.param(60, marks=pytest.mark.long)])
def test_connection_is_silent(broken_broker_stage: Broken, record: Record, seconds: int) -> None:
    stage, _, proxy = broken_broker_stage
    run_both(stage)
    silence = threading.Thread(target=proxy.go_silent, args=(seconds,))
    silence.start()
    publish_more(stage, HALF)
    silence.join()
    stage.settle()
    assert record(stage).clean
    assert still_the_same(stage)


def test_memory_alarm_blocks_publishing(broken_broker_stage: Broken, record: Record) -> None:
    stage, rabbitmq, _ = broken_broker_stage
    run_both(stage)
    rabbitmq.ctl("set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        publish_more(stage, HALF)
        wait_until(lambda: "transport blocked" in stage.log(stage.processes[1]))
        assert not stage.quiet()
    finally:
        rabbitmq.ctl("set_vm_memory_high_watermark", "absolute", "1GB")
    stage.settle()
    assert record(stage).clean
    assert still_the_same(stage)


def test_handler_takes_longer_than_the_broker_waits(broken_broker_stage: Broken, record: Record) -> None:
    stage, rabbitmq, _ = broken_broker_stage
    _be_patient(rabbitmq, seconds=SLOW_SECONDS / 4, looking_every=0.5)
    try:
        consumer = stage.consumer(handler="slow")
        stage.relay()
        stage.publish_many(HALF, KEYS)
        wait_until(lambda: re.search("timed out|not acknowledged in time", stage.log(consumer)))
        stage.settle()
    finally:
        _be_patient(rabbitmq, seconds=30 * 60, looking_every=60)
    assert record(stage).clean
    assert still_the_same(stage)


def _be_patient(rabbitmq: RabbitMQ, *, seconds: float, looking_every: float) -> None:
    """Change for connections to come how long a delivery may be left unacknowledged, and how often it looks."""
    for name, value in (("consumer_timeout", seconds), ("channel_tick_interval", looking_every)):
        rabbitmq.ctl("eval", f"application:set_env(rabbit, {name}, {value * 1000:.0f}).")
