"""Relay and consumer die at every point where it hurts: each event still has one effect, in order."""

import pytest

from tests.faults.events.conftest import Record
from tests.faults.events.stage import Stage

EVENTS, KEYS = 60, 7


@pytest.mark.parametrize("place", ["after publish, before marking", "after marking, before commit"])
def test_relay_dies(stage: Stage, record: Record, place: str) -> None:
    stage.consumer()
    stage.publish_many(EVENTS, KEYS)
    stage.died(stage.relay(dies=place))
    stage.relay()
    stage.settle()
    assert record(stage).clean


@pytest.mark.parametrize(
    "place", ["after the inbox row", "after the handler, before commit", "after commit, before ack"]
)
def test_consumer_dies(stage: Stage, record: Record, place: str) -> None:
    mortal = stage.consumer(dies=place)
    stage.relay()
    stage.publish_many(EVENTS, KEYS)
    stage.died(mortal)
    stage.consumer()
    stage.settle()
    assert record(stage).clean


def test_standby_takes_over_from_a_consumer_that_dies(stage: Stage, record: Record) -> None:
    mortal = stage.consumer(dies="after commit, before ack")
    stage.consumer()
    stage.relay()
    stage.publish_many(EVENTS, KEYS)
    stage.settle()
    verdict = record(stage)
    assert verdict.clean
    assert mortal.poll() in {None, -9}  # the embedded transport may have given all to the other
