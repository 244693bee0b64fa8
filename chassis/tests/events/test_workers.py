"""The worker threads of a consumer."""

import threading
import time

from chassis.events.workers import BATCH, BATCH_SECONDS, Workers


def test_items_of_a_key_stay_in_order_and_come_together() -> None:
    batches: list[list[int]] = []
    finished = threading.Semaphore(0)
    workers = Workers[int](3, batches.append, finished.release)
    for number in range(1000):
        workers.submit("alice", number)
    assert workers.stop(20)

    assert [number for batch in batches for number in batch] == list(range(1000))
    assert len(batches[0]) == 1
    assert max(map(len, batches)) == BATCH
    assert all(finished.acquire(timeout=0) for _ in range(3))


def test_items_that_take_long_are_taken_singly() -> None:
    batches: list[list[int]] = []

    def work(items: list[int]) -> None:
        batches.append(items)
        threading.Event().wait(BATCH_SECONDS)

    workers = Workers[int](1, work, lambda: None)
    for number in range(5):
        workers.submit("alice", number)
    assert workers.stop(20)
    assert batches == [[number] for number in range(5)]


def test_stopping_does_not_wait_longer_than_told() -> None:
    begun, release = threading.Event(), threading.Event()

    def work(_items: list[int]) -> None:
        begun.set()
        release.wait(20)

    workers = Workers[int](2, work, lambda: None)
    workers.submit("alice", 1)
    assert begun.wait(20)
    started = time.monotonic()
    assert not workers.stop(0.1)
    assert time.monotonic() - started < 10
    release.set()
