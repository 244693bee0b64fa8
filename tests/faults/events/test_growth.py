"""A large outbox: new events pass through as before, and what is old goes without anybody waiting."""

import threading
import time

import pytest
from chassis.events import retention
from chassis.events.databases import plain

from tests.faults.events.conftest import Record
from tests.faults.events.stage import Stage
from tests.support.events import printed, rows, wait_until

_COLUMNS = """
INSERT INTO outbox_event (event_id, type, aggregate_type, aggregate_id, sequence, partition_key, shard, envelope,
    created_at, available_at, published_at)
"""
_FILL = {
    "postgresql": """
        SELECT gen_random_uuid(), 'press.article.printed.v1', 'old', n, 1, n, mod(n, 8), '{}', at, at, at
        FROM generate_series(1, %s) AS n, (SELECT now() - interval '8 days' AS at) AS t
    """,
    "sqlite": """
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
        SELECT hex(randomblob(16)), 'press.article.printed.v1', 'old', n, 1, n, mod(n, 8), '{}', at, at, at
        FROM numbers, (SELECT strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '-8 days') AS at) AS t
    """,
}


@pytest.mark.parametrize("old", [100_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_large_outbox_slows_nobody_and_is_purged_in_chunks(stage: Stage, record: Record, old: int) -> None:
    with stage.press.transaction() as transaction:
        transaction.execute(_COLUMNS + _FILL[stage.press.dialect], (old,))
    stage.consumer()
    stage.relay()
    purging = threading.Thread(target=purge, args=(stage,))
    purging.start()
    longest = 0.0
    for sequence in range(1, 31):
        started = time.monotonic()
        stage.publish(*(printed(key, sequence) for key in (1, 2, 3)))
        longest = max(longest, time.monotonic() - started)
    stage.settle(seconds=30)
    assert record(stage).clean
    assert longest < 5
    purging.join()
    wait_until(lambda: rows(stage.press, "SELECT count(*) FROM outbox_event WHERE aggregate_type = 'old'") == [(0,)])


def purge(stage: Stage) -> None:
    database = plain.connect(stage.press_url)
    retention.purge(database)
    database.close()
