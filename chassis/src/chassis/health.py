"""Health of a process: does it turn, may it get traffic, does its loop still beat.

``python -m chassis.health --heartbeat FILE --max-age 30`` is the liveness check of background processes where nothing
can ask over HTTP. It is a new process every few seconds: this module imports only what is small.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from chassis.connection_errors import server_reason

ProbeResponse = tuple[int, dict[str, object]]
HEARTBEAT_MAX_AGE = 60
"""Seconds without a heartbeat after which a background process counts as stuck."""
HEARTBEAT_SECONDS = 2.0


class Health:
    """What ``/livez`` and ``/readyz`` say. A check is called without arguments and raises when it fails.

    ``tell`` is told of every check that begins to fail, why, and with an empty reason when it holds again.
    """

    def __init__(self, tell: Callable[[str, str], object] | None = None) -> None:
        self._tell = tell or _log
        self._checks: dict[str, Callable[[], object]] = {}
        self._warnings: dict[str, Callable[[], object]] = {}
        self._failing: dict[Callable[[], object], str] = {}
        self._draining = False

    def check(self, name: str, probe: Callable[[], object]) -> None:
        """Add a condition of readiness."""
        self._checks[name] = probe

    def warn(self, name: str, probe: Callable[[], object]) -> None:
        """Add what readiness tells and does not hang on: all replicas at once would leave nobody to serve."""
        self._warnings[name] = probe

    def livez(self) -> ProbeResponse:
        """The process and all it promises turn: never asks a database or a broker."""
        return _not_alive() or (200, {"status": "ok"})

    def readyz(self) -> ProbeResponse:
        """200 if every check holds, all that is promised turns and the process is not about to stop, else 503."""
        if self._draining:
            return 503, {"status": "draining"}
        checks = {name: self._outcome(name, probe) for name, probe in self._checks.items()}
        ready = all(outcome == "ok" for outcome in checks.values())
        body: dict[str, object] = {"status": "ok" if ready else "unready", "checks": checks}
        if self._warnings:
            body["warnings"] = {name: self._outcome(name, probe) for name, probe in self._warnings.items()}
        if failures := _not_alive():
            return 503, body | failures[1]
        return (200 if ready else 503), body

    def _outcome(self, name: str, probe: Callable[[], object]) -> str:
        """What the answer may tell anybody; the log is told what a server said, once for as long as it is the same."""
        outcome, reason = "ok", ""
        try:
            probe()
        except Exception as error:  # noqa: BLE001  whatever it is, the answer is "not ready", and the text may hold secrets
            outcome = type(error).__name__
            reason = server_reason(error) or outcome
        if self._failing.get(probe, "") != reason:
            self._failing[probe] = reason
            self._tell(name, reason)
        return outcome

    def drain(self) -> None:
        """Be unready from now on."""
        self._draining = True

    def drain_on_sigterm(self) -> None:
        """Be unready when SIGTERM comes, then do what was set before; call once the server has set its handler."""
        before = signal.getsignal(signal.SIGTERM)

        def handle(number: int, frame: FrameType | None) -> None:
            self.drain()
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGTERM, handle)


class Heartbeat:
    """A file whose age tells that a process and all it promises still turn. An empty path beats nothing.

    Where it cannot be written the process turns on, and itself remembers the beat.
    """

    _unwritten: dict[str, float] = {}  # by path, for all who look at it

    def __init__(self, path: str) -> None:
        self._path = path

    def beat(self) -> None:
        """Make the file young, unless something has ended or is stuck."""
        if self._path and not _not_alive():
            try:
                os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o666))
                os.utime(self._path)
                self._unwritten.pop(self._path, None)
            except OSError:
                self._unwritten[self._path] = time.time()

    def clear(self) -> None:
        """Take away what an earlier process left."""
        if self._path:
            self._unwritten.pop(self._path, None)
            with contextlib.suppress(OSError):
                os.unlink(self._path)  # noqa: PTH108  as below

    def age(self) -> float:
        """Seconds since the last beat; infinite before the first."""
        if self._path in self._unwritten:
            return time.time() - self._unwritten[self._path]
        try:
            return time.time() - os.stat(self._path).st_mtime  # noqa: PTH116  pathlib costs more than all the rest
        except FileNotFoundError:
            return float("inf")

    def livez(self) -> ProbeResponse:
        """200 while all turns or nothing is to be beaten, else 503."""
        if failures := _not_alive():
            return failures
        age = self.age() if self._path else 0
        if age <= HEARTBEAT_MAX_AGE:
            return 200, {"status": "ok"}
        return 503, {"status": "stuck" if age < float("inf") else "starting"}


def keep_beating(heartbeat: Heartbeat) -> None:
    """Keep the file of a heartbeat young from now on, as long as nothing is dead."""
    from chassis.liveness import STUCK_SECONDS, Loop  # noqa: PLC0415  of no use to the program below

    def beat() -> float:
        heartbeat.beat()
        return HEARTBEAT_SECONDS

    Loop("heartbeat", beat, within=STUCK_SECONDS)


def _not_alive() -> ProbeResponse | None:
    from chassis import liveness  # noqa: PLC0415  the check of a heartbeat's age does without it

    failures = liveness.failures()
    return (503, {"status": "stuck", "loops": failures}) if failures else None


def _log(check: str, reason: str) -> None:
    from chassis.logging import get_logger  # noqa: PLC0415  of no use to the program below

    log = get_logger()
    if reason:
        log.warning("not ready", check=check, reason=reason)
    else:
        log.info("ready again", check=check)


def main(arguments: list[str]) -> int:
    """0 while the heartbeat is young enough, 1 when it is not or is missing, 2 for other words than the two options."""
    if arguments[::2] != ["--heartbeat", "--max-age"] or len(arguments) != 4:
        sys.stderr.write("Say: python -m chassis.health --heartbeat FILE --max-age SECONDS\n")
        return 2
    return 0 if Heartbeat(arguments[1]).age() <= float(arguments[3]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
