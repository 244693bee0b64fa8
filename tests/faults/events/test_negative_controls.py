"""The suite can fail: with a safeguard taken away, the same cases find events doubled and lost."""

from tests.faults.events.conftest import Record
from tests.faults.events.stage import Stage
from tests.support.events import printed, wait_until

EVENTS, KEYS = 60, 7


def test_without_the_inbox_events_are_doubled(stage: Stage, record: Record) -> None:
    mortal = stage.consumer(dies="after commit, before ack", handler="forgetful")
    stage.relay()
    stage.publish_many(EVENTS, KEYS)
    stage.died(mortal)
    stage.consumer(handler="forgetful")
    stage.settle()
    assert record(stage).doubled


def test_marking_before_the_confirm_loses_events(stage: Stage, record: Record) -> None:
    stage.consumer()
    stage.publish_many(EVENTS, KEYS)
    stage.died(stage.relay(dies="after marking, before publish", handler="hasty"))
    stage.relay()
    last = printed(KEYS + 1)
    stage.publish(last)  # when this one got through, nothing more comes
    wait_until(lambda: stage.quiet() and (last.partition_key, 1) in stage.effects())
    verdict = record(stage)
    assert verdict.lost
    assert len(stage.audit().missing) == verdict.lost  # and the audit names each
