"""PostgreSQL crashes and comes back under the relay and the consumer, which wait for it."""

import pytest

from launcher.servers import Postgres
from tests.faults.events.conftest import Record
from tests.faults.events.stage import Stage
from tests.support.events import printed, wait_until

pytestmark = pytest.mark.servers
HALF, KEYS = 60, 7


def test_postgresql_restarts_under_relay_and_consumer(
    broken_database_stage: tuple[Stage, Postgres], record: Record
) -> None:
    stage, postgres = broken_database_stage
    stage.consumer()
    stage.publish_many(HALF, KEYS)
    stage.relay()
    wait_until(lambda: len(stage.effects()) > 3)
    postgres.kill()
    stage.reconnect()
    postgres.start()
    stage.publish(*(printed(number % KEYS + 1, number // KEYS + 1) for number in range(HALF, 2 * HALF)))
    stage.settle()
    assert record(stage).clean
    assert stage.audit().missing == []
    assert all(process.poll() is None for process in stage.processes)
