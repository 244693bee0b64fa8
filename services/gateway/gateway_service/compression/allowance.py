"""How much time of a core may go into codings: what nobody has asked for must not take it from requests."""

import time
from collections.abc import Callable

from chassis.metrics import counter

AHEAD_SECONDS = 1.0
"""How much unused time may be used at once later: what comes together in so long."""


class Allowance:
    """Fills up by ``share`` of the time that passes, and is drawn upon by the time that was used."""

    def __init__(self, share: float, now: Callable[[], float] = time.perf_counter) -> None:
        self.share = share
        self._now = now
        self._left = share * AHEAD_SECONDS
        self._at = now()
        self._seconds = counter("gateway_compression_seconds_total")
        self._refused = counter("gateway_compression_refused_total")

    def is_there(self) -> bool:
        """Whether another answer may be encoded; counted if not."""
        now = self._now()
        self._left = min(self.share * AHEAD_SECONDS, self._left + (now - self._at) * self.share)
        self._at = now
        if self._left <= 0:
            self._refused.inc()
            return False
        return True

    def spend(self, work: Callable[[], bytes]) -> bytes:
        """Do the work, and take its time off."""
        began = self._now()
        done = work()
        seconds = self._now() - began
        self._left -= seconds
        self._seconds.inc(seconds)
        return done
