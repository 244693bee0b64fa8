"""How many bytes of uploads may lie on the disk at once: a pod whose temporary folder is too full is evicted."""

from threading import Lock

from chassis.problems import Problem

from media_service.pictures.scratch import Scratch


class Room:
    """So many bytes, taken as they arrive, so that a slow upload holds no more than it has sent."""

    def __init__(self, total: int) -> None:
        self._left = total
        self._lock = Lock()

    def take(self, count: int, scratch: Scratch) -> None:
        """Have so many bytes until the working files are gone; raises Problem 503 where there is no room."""
        with self._lock:
            if count > self._left:
                raise Problem(503, "overloaded", "Too many pictures are being sent just now; try again.")
            self._left -= count
        scratch.callback(self._give_back, count)

    def _give_back(self, count: int) -> None:
        with self._lock:
            self._left += count
