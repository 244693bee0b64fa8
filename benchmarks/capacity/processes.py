"""CPU, memory and events of a platform's processes, told apart by the names `make status` shows."""

import contextlib
import time
from dataclasses import dataclass
from typing import Self

import httpx
import psutil

from launcher.memory import pss_megabytes
from launcher.servers.ports import LOOPBACK
from tests.support.platform import Platform


@dataclass(frozen=True)
class Use:
    """What was used until a moment, or between two: CPU µs by process, and events."""

    moment: float
    cpu: dict[str, float]
    published: float
    handled: float

    def __sub__(self, before: Self) -> "Use":
        return Use(
            moment=self.moment - before.moment,
            cpu={name: micros - before.cpu[name] for name, micros in self.cpu.items()},
            published=self.published - before.published,
            handled=self.handled - before.handled,
        )

    def per_second(self) -> dict[str, float]:
        """CPU µs a second."""
        return {name: micros / self.moment for name, micros in self.cpu.items()}

    def above(self, rest: dict[str, float]) -> dict[str, float]:
        """CPU µs beyond what ``rest``, in µs a second, would have used meanwhile."""
        return {name: micros - rest[name] * self.moment for name, micros in self.cpu.items()}


class Processes:
    """The processes of a platform that runs; none of them may be restarted meanwhile."""

    def __init__(self, platform: Platform) -> None:
        lines = platform.make("status").stdout.splitlines()[1:-1]
        self._roots = {line.split()[0]: psutil.Process(int(line.split()[2])) for line in lines}
        messengers = [name for name in self._roots if name.endswith("messenger")]
        ports = {name: int(platform.settings[f"{name.split('-')[0].upper()}_PORT"]) + 1 for name in messengers}
        self._metrics = [f"http://{LOOPBACK}:{port}/metrics" for port in ports.values()]

    def use(self) -> Use:
        """Read all counters; the kernel's are exact to 10 ms a process."""
        cpu = {name: _micros(root) for name, root in self._roots.items()}
        lines = [line for url in self._metrics for line in httpx.get(url).raise_for_status().text.splitlines()]
        return Use(
            moment=time.monotonic(),
            cpu=cpu,
            published=_total(lines, "events_published_total{"),
            handled=_total(lines, "events_handled_total{"),
        )

    def memory(self) -> dict[str, float]:
        """Megabytes (PSS) by process."""
        return {name: round(pss_megabytes(root.pid), 1) for name, root in self._roots.items()}


def _micros(root: psutil.Process) -> float:
    """CPU time of a process, of those below it, and of those below it that have ended."""
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # what it took is then in its parent's time
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total * 1e6


def _total(lines: list[str], beginning: str) -> float:
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(beginning))
