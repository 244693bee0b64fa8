"""What a process promises to keep running: a thread or loop that ended or got stuck is told by its name.

Liveness and readiness say what ``failures()`` says, and the heartbeat stops. The cure is a new process, so only what
that mends is watched: never a database or a broker that is away.
"""

import threading
import time
from collections.abc import Callable

from chassis import sentry
from chassis.logging import get_logger

STUCK_SECONDS = 60.0
"""How long a loop that turns every few seconds may not."""
RETRY_SECONDS = 5.0
"""How long a loop waits after a turn that failed."""
log = get_logger()
_watches: list["Watch"] = []
_told: set[tuple[str, str]] = set()


class Watch:
    """One thread or loop: ``ended`` when ``alive`` says no, ``stuck`` when it has not turned for ``within`` seconds."""

    def __init__(self, name: str, *, within: float = float("inf"), alive: Callable[[], bool] = lambda: True) -> None:
        self.name = name
        self._within = within
        self._alive = alive
        self.tick()
        _watches.append(self)

    def tick(self) -> None:
        """Say that the loop still does its work."""
        self._until = time.monotonic() + self._within

    def idle(self) -> None:
        """Say that the loop has nothing to do, or waits for what may be long away: until it ticks it is not stuck."""
        self._until = float("inf")

    def unregister(self) -> None:
        """Promise no more that it lives."""
        if self in _watches:
            _watches.remove(self)

    @property
    def trouble(self) -> str | None:
        if not self._alive():
            return "ended"
        return "stuck" if time.monotonic() > self._until else None


class Loop:
    """A thread that calls ``turn``, which gives the seconds until the next one, until it is told to stop.

    A turn that fails is logged, reported and tried again; when none has gone well for ``within`` seconds it is stuck.
    """

    def __init__(self, name: str, turn: Callable[[], float], *, within: float) -> None:
        self._turn = turn
        self._stop = threading.Event()
        self._thread = thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._watch = Watch(name, within=within, alive=lambda: thread.ident is None or thread.is_alive())
        thread.start()

    def stop(self, seconds: float | None = None) -> None:
        """Turn no more, and wait, at most so long, for the end of the turn under way."""
        self._watch.unregister()
        self._stop.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                pause = self._turn()
                self._watch.tick()
            except BaseException as error:
                log.exception("loop failed", loop=self._watch.name)
                sentry.report(error)
                if not isinstance(error, Exception):
                    return  # and is found to have ended
                pause = RETRY_SECONDS


def failures() -> dict[str, str]:
    """What is promised and does not run, with ``ended`` or ``stuck``; each is logged once."""
    troubles = {watch.name: trouble for watch in list(_watches) if (trouble := watch.trouble)}
    for name, trouble in troubles.items():
        if (name, trouble) not in _told:
            _told.add((name, trouble))
            log.error("not alive", loop=name, trouble=trouble)
    return troubles
