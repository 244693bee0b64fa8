"""Worker threads, each with a queue of its own: a key always meets the same worker, so its events keep their order."""

import threading
import zlib
from collections.abc import Callable
from queue import SimpleQueue

Task = Callable[[], None]


class Workers:
    """A fixed number of threads; ``finish`` runs in each when it ends, to give back what the thread holds."""

    def __init__(self, count: int, finish: Callable[[], None]) -> None:
        self._queues: list[SimpleQueue[Task | None]] = [SimpleQueue() for _ in range(count)]
        self._finish = finish
        self._threads = [
            threading.Thread(target=self._work, args=(queue,), name=f"events-worker-{number}", daemon=True)
            for number, queue in enumerate(self._queues)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, key: str, task: Task) -> None:
        """Run a task after all earlier ones of its key."""
        self._queues[zlib.crc32(key.encode()) % len(self._queues)].put(task)

    def stop(self, seconds: float) -> bool:
        """Let the tasks that were submitted end; False if some were still running after ``seconds``."""
        for queue in self._queues:
            queue.put(None)
        deadline = threading.TIMEOUT_MAX if seconds < 0 else seconds
        for thread in self._threads:
            thread.join(deadline)
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self, queue: "SimpleQueue[Task | None]") -> None:
        try:
            while task := queue.get():
                task()
        finally:
            self._finish()
