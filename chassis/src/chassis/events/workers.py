"""Worker threads, each with a queue of its own: a key always meets the same worker, so its events keep their order."""

import threading
import time
import zlib
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from chassis import sentry
from chassis.liveness import Watch
from chassis.logging import get_logger

Item = TypeVar("Item")
BATCH = 50
"""How many waiting items a worker takes at once, at most."""
BATCH_SECONDS = 0.05
"""How long one batch should take: where an item takes longer, as the batch before tells, they are taken singly."""
STUCK_SECONDS = 600
"""How long one batch may take before its thread counts as stuck."""
log = get_logger()


class Workers(Generic[Item]):
    """A fixed number of threads doing ``work`` on what waits for them; ``finish`` runs in each when it ends."""

    def __init__(self, count: int, work: Callable[[list[Item]], None], finish: Callable[[], None]) -> None:
        self._queues: list[SimpleQueue[Item | None]] = [SimpleQueue() for _ in range(count)]
        self._work = work
        self._finish = finish
        self._threads = [
            threading.Thread(target=self._run, args=(queue,), name=f"events-worker-{number}", daemon=True)
            for number, queue in enumerate(self._queues)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, key: str, item: Item) -> None:
        """Have an item worked on after all earlier ones of its key."""
        self._queues[zlib.crc32(key.encode()) % len(self._queues)].put(item)

    def stop(self, seconds: float) -> bool:
        """Let what was submitted end; False if some was still being worked on after ``seconds``."""
        for queue in self._queues:
            queue.put(None)
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, queue: "SimpleQueue[Item | None]") -> None:
        at_once = 1
        thread = threading.current_thread()
        watch = Watch(thread.name, within=STUCK_SECONDS, alive=thread.is_alive)
        watch.idle()
        try:
            while items := _waiting(queue, at_once):
                watch.tick()
                started = time.perf_counter()
                self._work(items)
                each = (time.perf_counter() - started) / len(items)
                at_once = max(1, min(BATCH, int(BATCH_SECONDS / each)))
                watch.idle()
        except BaseException as error:  # ends the thread, and what it was watched for says so
            log.exception("worker thread failed", thread=thread.name)
            sentry.report(error)
        else:
            watch.unregister()
        finally:
            self._finish()


def _waiting(queue: "SimpleQueue[Item | None]", at_most: int) -> list[Item]:
    """What waits, at least one item; none when there will be no more."""
    items: list[Item] = []
    item = queue.get()
    while item is not None:
        items.append(item)
        if len(items) == at_most:
            return items
        try:
            item = queue.get_nowait()
        except Empty:
            return items
    queue.put(None)  # for the next time, when nothing comes before it
    return items
