"""All workers of a gateway: starts them, replaces those that end, passes on to all, and adds up what they tell."""

import asyncio
import time
from collections.abc import Awaitable, Iterable
from typing import Any

from chassis.liveness import Watch
from chassis.logging import get_logger
from chassis.metrics import counter, gauge
from chassis.revocations import Revocations
from chassis.settings import SettingsError

from gateway_service.rates.memory_store import MemoryStore
from gateway_service.workers import figures
from gateway_service.workers.channel import ChannelLostError
from gateway_service.workers.worker_handle import WorkerHandle

BEAT_SECONDS = 0.5
STUCK_SECONDS = 10.0
"""After so long without an answer a worker is replaced: it may serve what was revoked."""
START_SECONDS = 60.0
"""After so long without an answer a worker that begins is replaced."""
END_SECONDS = 2.0
"""For a worker to end once all that was under way has."""
FIGURES_SECONDS = 2.0
"""A worker that does not tell its figures by then is told of by its last ones."""
STEADY_SECONDS = 5.0
"""Who ends earlier than this is replaced later each time, up to MOST_PAUSE_SECONDS."""
MOST_PAUSE_SECONDS = 30.0
log = get_logger()


class Supervisor:
    """``config`` is the text of the configuration that is served; ``listening`` is what workers have been told of the
    feed.
    """

    def __init__(self, workers: int, config: str, revocations: Revocations) -> None:
        self.config = config
        self.listening = False
        self.draining = False
        self.store = MemoryStore()
        self._wanted = workers
        self._revocations = revocations
        self._workers: dict[int, WorkerHandle] = {}
        self._ended_figures: figures.Page = []
        gauge("gateway_workers").set_function(lambda: sum(worker.is_ready for worker in self._workers.values()))
        gauge("gateway_workers_unacknowledged_seconds").set_function(self._unacknowledged_seconds)
        counter("gateway_worker_exits_total")
        gauge("gateway_rate_keys").set_function(lambda: len(self.store))

    @property
    def serving(self) -> list[WorkerHandle]:
        """The workers that take connections."""
        return [worker for worker in self._workers.values() if worker.serves]

    # starting and replacing

    async def keep(self, number: int) -> None:
        """Have a worker at this place, until the gateway drains."""
        pause = 0.0
        while not self.draining:
            began = time.monotonic()
            try:
                ended: int | str = await self._run(WorkerHandle(number))
            except OSError as error:  # there is no room for another process
                ended = str(error)
            if self.draining:
                return
            counter("gateway_worker_exits_total").inc()
            log.error("worker ended", worker=number, exit_code=ended)
            steady = time.monotonic() - began >= STEADY_SECONDS
            pause = 0.0 if steady else min(2 * pause + 1, MOST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _run(self, worker: WorkerHandle) -> int:
        await worker.start({"rates": self._lease})
        self._workers[worker.number] = worker
        begins = asyncio.create_task(self._begin(worker))
        try:
            return await worker.ended()
        finally:
            begins.cancel()
            del self._workers[worker.number]
            self._retire(worker.figures)

    async def _begin(self, worker: WorkerHandle) -> None:
        config = self.config
        told = {
            "config": config,
            "revoked": self._revocations.tokens.told(),
            "confirmed": self._confirmed,
            "listening": self.listening,
        }
        try:
            await worker.channel.ask("begin", told)
            while config != self.config:  # it was changed meanwhile
                config = self.config
                await worker.channel.ask("prepare", config)
                await worker.channel.ask("apply")
        except ChannelLostError:
            return
        worker.serves = True
        if await worker.beat(self._confirmed):
            log.info("worker serves", worker=worker.number, pid=worker.process.pid)

    def _lease(self, asks: list[tuple[str, int, int, int, int]]) -> list[list[int]]:
        told = (self.store.lease(*ask) for ask in asks)
        return [[each.granted, each.remaining, each.wait, each.full_in] for each in told]

    # watching

    async def beat_forever(self) -> None:
        """Have all tell how they are, and end those that do not answer."""
        watch = Watch("workers", within=START_SECONDS)
        try:
            while True:
                self._end_stuck_ones()
                beats = [asyncio.ensure_future(worker.beat(self._confirmed)) for worker in self.serving]
                if beats:
                    answered, _ = await asyncio.wait(beats, timeout=BEAT_SECONDS)
                    if any(beat.result() for beat in answered):
                        watch.tick()
                await asyncio.sleep(BEAT_SECONDS)
        finally:
            watch.unregister()

    def _end_stuck_ones(self) -> None:
        for worker in self._workers.values():
            if worker.channel.waited_seconds > (STUCK_SECONDS if worker.serves else START_SECONDS):
                log.error("worker does not answer", worker=worker.number)
                worker.kill()

    @property
    def _confirmed(self) -> float | None:
        seconds = time.monotonic() - self._revocations.confirmed_at
        return seconds if seconds < float("inf") else None

    def _unacknowledged_seconds(self) -> float:
        return max((worker.channel.waited_seconds for worker in self.serving), default=0)

    # passing on

    def on_subscribed(self) -> None:
        self.listening = True
        self._tell("begins")

    def on_event(self, event: str) -> None:
        self._tell("hears", event)

    def on_lost(self) -> None:
        self.listening = False
        self._tell("lost")

    def _tell(self, what: str, said: str | None = None) -> None:
        for worker in self._workers.values():
            worker.tell(what, said)

    async def take_over(self, config: str) -> None:
        """Go by another configuration, all workers or none; raises SettingsError."""
        workers = self.serving
        for wrong in await _all(worker.channel.ask("prepare", config) for worker in workers):
            if wrong:
                raise SettingsError(wrong)
        self.config = config
        await _all(worker.channel.ask("apply") for worker in workers)

    # adding up

    def told(self) -> dict[str, Any]:
        """For ``/status``."""
        all_told = [worker.told for worker in self.serving if worker.told]
        return {
            "draining": self.draining,
            **{
                name: sum(told[name] for told in all_told)
                for name in ("active_requests", "served_requests", "verified_tokens")
            },
            "keys": min((told["keys"] for told in all_told), key=_freshness, default={"ids": [], "age_seconds": None}),
            "workers": [_told_of(self._workers.get(number)) for number in range(self._wanted)],
        }

    def ready(self) -> None:
        """Raise RuntimeError while nobody may get traffic."""
        if not any(worker.is_ready for worker in self._workers.values()):
            raise RuntimeError("no worker is ready")

    def whole(self) -> None:
        """Raise RuntimeError while one is missing, or is not well."""
        if sum(worker.is_ready for worker in self._workers.values()) < self._wanted:
            raise RuntimeError("a worker is missing")

    async def metrics(self) -> bytes:
        """The page of metrics of the whole gateway."""
        workers = self.serving
        asked = [asyncio.ensure_future(self._figures_of(worker)) for worker in workers]
        if asked:
            await asyncio.wait(asked, timeout=FIGURES_SECONDS)
        pages = [figures.page(), self._ended_figures, *(worker.figures for worker in workers)]
        return figures.rendered(figures.merged(pages))

    async def _figures_of(self, worker: WorkerHandle) -> None:
        try:
            worker.figures = await worker.channel.ask("figures")
        except ChannelLostError:
            return

    def _retire(self, last: figures.Page) -> None:
        self._ended_figures = figures.merged([self._ended_figures, figures.growing(last)])

    # ending

    async def requests(self) -> tuple[int, int]:
        """How many are under way, and how many have been served."""
        await _all(worker.beat(self._confirmed) for worker in self.serving)
        told = self.told()
        return told["active_requests"], told["served_requests"]

    async def announce(self) -> None:
        """Ask clients to connect elsewhere from now on."""
        self.draining = True
        await _all(worker.channel.ask("announce") for worker in self.serving)

    async def close(self, seconds: float) -> None:
        """Have all finish what is under way, and end."""
        await asyncio.gather(*(self._close(worker, seconds) for worker in list(self._workers.values())))

    async def _close(self, worker: WorkerHandle, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds + END_SECONDS):
                if worker.serves:
                    worker.figures = await worker.channel.ask("close", seconds)
                worker.channel.close()
                await worker.process.wait()
        except (ChannelLostError, TimeoutError):
            worker.kill()


async def _all(answers: Iterable[Awaitable[Any]]) -> list[Any]:
    """The answers of the workers that are still there."""
    told = await asyncio.gather(*answers, return_exceptions=True)
    return [each for each in told if not isinstance(each, BaseException)]


def _freshness(keys: dict[str, Any]) -> float:
    age = keys["age_seconds"]
    return float("inf") if age is None else float(age)


def _told_of(worker: WorkerHandle | None) -> dict[str, Any]:
    if worker is None:
        return {"state": "missing"}
    state = "ready" if worker.is_ready else "unready" if worker.serves else "starting"
    return {
        "state": state,
        "pid": worker.process.pid,
        "connections": worker.connections,
        "events": worker.events,
        "acknowledged": worker.acknowledged,
    }
