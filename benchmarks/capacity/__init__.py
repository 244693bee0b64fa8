"""What one request of each kind costs: CPU of every process that takes part, behind the gateway of a whole platform.

The platform runs on private PostgreSQL, RabbitMQ and Redis. One client asks one thing after another, so nothing is
batched and every wake-up is paid for: under load a request costs rather less. ``docs/capacity.md`` is made from this.
"""

import tempfile
import time
from pathlib import Path

from benchmarks.capacity.loops import LOOPS, Loop, Newsstand, newsstand
from benchmarks.capacity.processes import Processes
from benchmarks.results import Figure
from tests.support.platform import Platform

REST_SECONDS = 20
AFTERMATH_SECONDS = 2  # what a loop leaves to relays and consumers is done within a fraction of this
QUICK_SHARE = 10


def measure(*, quick: bool) -> list[Figure]:
    """The platform at rest, then each loop."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        platform = Platform(Path(folder) / "var", mode="servers")
        try:
            made = platform.make("up")
            if made.returncode:
                raise RuntimeError(made.stdout + made.stderr)
            return _figures(platform, quick=quick)
        finally:
            platform.make("down")
            platform.make("reset")


def _figures(platform: Platform, *, quick: bool) -> list[Figure]:
    processes = Processes(platform)
    with newsstand(platform.base_url, posts=30 if quick else 300) as stand:
        time.sleep(AFTERMATH_SECONDS)
        before = processes.use()
        time.sleep(REST_SECONDS / (4 if quick else 1))
        rest = (processes.use() - before).per_second()
        costs = [_cost(loop, stand, processes, rest, share=QUICK_SHARE if quick else 1) for loop in LOOPS]
        return [_rest(rest), _memory(processes), *costs]


def _cost(loop: Loop, stand: Newsstand, processes: Processes, rest: dict[str, float], *, share: int) -> Figure:
    """CPU µs of one round, without what the processes would have used at rest."""
    rounds = max(2, loop.rounds // share)
    loop.run(stand, max(1, rounds // 10))
    time.sleep(AFTERMATH_SECONDS)
    before = processes.use()
    loop.run(stand, rounds)
    time.sleep(AFTERMATH_SECONDS)
    use = processes.use() - before
    each: dict[str, float] = {name: round(micros / rounds) for name, micros in use.above(rest).items()}
    beside = {name: micros for name, micros in each.items() if micros >= loop.noise(rounds)}
    events = {
        f"events {word}": round(count / rounds, 2)
        for word, count in (("published", use.published), ("handled", use.handled))
        if count
    }
    return Figure(id=loop.id, what=loop.what, value=round(sum(beside.values())), unit="µs", beside=beside | events)


def _rest(rest: dict[str, float]) -> Figure:
    beside = {name: round(micros / 1000, 1) for name, micros in rest.items()}
    return Figure(
        id="cpu-rest", what="all processes at rest", value=round(sum(beside.values()), 1), unit="m", beside=beside
    )


def _memory(processes: Processes) -> Figure:
    """After all loops; proportional set size, as make status shows it."""
    beside = processes.memory()
    return Figure(
        id="memory", what="all processes after work, PSS", value=round(sum(beside.values())), unit="MB", beside=beside
    )
