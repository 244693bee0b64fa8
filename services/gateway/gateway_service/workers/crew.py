"""All workers of a pod: starts them, replaces those that end, passes on to all of them, and adds up what they tell."""

import asyncio
import time
from collections.abc import Awaitable, Iterable
from typing import Any

from chassis.liveness import Watch
from chassis.logging import get_logger
from chassis.metrics import counter, gauge
from chassis.revocations import Revocations
from chassis.settings import SettingsError

from gateway_service.rates.pod_store import PodStore
from gateway_service.workers import figures
from gateway_service.workers.link import LinkLostError
from gateway_service.workers.member import Member

BEAT_SECONDS = 0.5
STUCK_SECONDS = 10.0
"""After so long without an answer a worker is replaced: it may serve what was revoked."""
START_SECONDS = 60.0
"""The same while it begins."""
END_SECONDS = 2.0
"""For a worker to end once all that was under way has."""
FIGURES_SECONDS = 2.0
"""A worker that does not tell its figures by then is told of by its last ones."""
STEADY_SECONDS = 5.0
"""Who ends earlier than this is replaced later each time, up to MOST_PAUSE_SECONDS."""
MOST_PAUSE_SECONDS = 30.0
log = get_logger()


class Crew:
    """``config`` is the text of the configuration that is served; ``listening`` is what workers have been told of the
    feed.
    """

    def __init__(self, workers: int, config: str, revocations: Revocations) -> None:
        self.config = config
        self.listening = False
        self.draining = False
        self.store = PodStore()
        self._wanted = workers
        self._revocations = revocations
        self._members: dict[int, Member] = {}
        self._ended_figures: figures.Page = []
        gauge("gateway_workers").set_function(lambda: sum(member.is_ready for member in self._members.values()))
        gauge("gateway_workers_unacknowledged_seconds").set_function(self._unacknowledged_seconds)
        counter("gateway_worker_exits_total")
        gauge("gateway_rate_keys").set_function(lambda: len(self.store))

    @property
    def serving(self) -> list[Member]:
        """Those that take connections."""
        return [member for member in self._members.values() if member.serves]

    # starting and replacing

    async def keep(self, number: int) -> None:
        """Have a worker at this place, until the pod drains."""
        pause = 0.0
        while not self.draining:
            began = time.monotonic()
            try:
                ended: int | str = await self._run(Member(number))
            except OSError as error:  # there is no room for another process
                ended = str(error)
            if self.draining:
                return
            counter("gateway_worker_exits_total").inc()
            log.error("worker ended", worker=number, exit_code=ended)
            steady = time.monotonic() - began >= STEADY_SECONDS
            pause = 0.0 if steady else min(2 * pause + 1, MOST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _run(self, member: Member) -> int:
        await member.start({"rates": self._lease})
        self._members[member.number] = member
        begins = asyncio.create_task(self._begin(member))
        try:
            return await member.ended()
        finally:
            begins.cancel()
            del self._members[member.number]
            self._retire(member.figures)

    async def _begin(self, member: Member) -> None:
        config = self.config
        told = {
            "config": config,
            "revoked": self._revocations.tokens.told(),
            "confirmed": self._confirmed,
            "listening": self.listening,
        }
        try:
            await member.link.ask("begin", told)
            while config != self.config:  # it was changed meanwhile
                config = self.config
                await member.link.ask("prepare", config)
                await member.link.ask("apply")
        except LinkLostError:
            return
        member.serves = True
        if await member.beat(self._confirmed):
            log.info("worker serves", worker=member.number, pid=member.process.pid)

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
                beats = [asyncio.ensure_future(member.beat(self._confirmed)) for member in self.serving]
                if beats:
                    answered, _ = await asyncio.wait(beats, timeout=BEAT_SECONDS)
                    if any(beat.result() for beat in answered):
                        watch.tick()
                await asyncio.sleep(BEAT_SECONDS)
        finally:
            watch.unregister()

    def _end_stuck_ones(self) -> None:
        for member in self._members.values():
            if member.link.waited_seconds > (STUCK_SECONDS if member.serves else START_SECONDS):
                log.error("worker does not answer", worker=member.number)
                member.kill()

    @property
    def _confirmed(self) -> float | None:
        seconds = time.monotonic() - self._revocations.confirmed_at
        return seconds if seconds < float("inf") else None

    def _unacknowledged_seconds(self) -> float:
        return max((member.link.waited_seconds for member in self.serving), default=0)

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
        for member in self._members.values():
            member.tell(what, said)

    async def take_over(self, config: str) -> None:
        """Go by another configuration, all workers or none; raises SettingsError."""
        members = self.serving
        for wrong in await _all(member.link.ask("prepare", config) for member in members):
            if wrong:
                raise SettingsError(wrong)
        self.config = config
        await _all(member.link.ask("apply") for member in members)

    # adding up

    def told(self) -> dict[str, Any]:
        """For ``/status``."""
        all_told = [member.told for member in self.serving if member.told]
        return {
            "draining": self.draining,
            **{
                name: sum(told[name] for told in all_told)
                for name in ("active_requests", "served_requests", "verified_tokens")
            },
            "keys": min((told["keys"] for told in all_told), key=_freshness, default={"ids": [], "age_seconds": None}),
            "workers": [_told_of(self._members.get(number)) for number in range(self._wanted)],
        }

    def ready(self) -> None:
        """Raise RuntimeError while nobody may get traffic."""
        if not any(member.is_ready for member in self._members.values()):
            raise RuntimeError("no worker is ready")

    def whole(self) -> None:
        """Raise RuntimeError while one is missing, or is not well."""
        if sum(member.is_ready for member in self._members.values()) < self._wanted:
            raise RuntimeError("a worker is missing")

    async def metrics(self) -> bytes:
        """The page of metrics of the whole pod."""
        members = self.serving
        asked = [asyncio.ensure_future(self._figures_of(member)) for member in members]
        if asked:
            await asyncio.wait(asked, timeout=FIGURES_SECONDS)
        pages = [figures.page(), self._ended_figures, *(member.figures for member in members)]
        return figures.rendered(figures.merged(pages))

    async def _figures_of(self, member: Member) -> None:
        try:
            member.figures = await member.link.ask("figures")
        except LinkLostError:
            return

    def _retire(self, last: figures.Page) -> None:
        self._ended_figures = figures.merged([self._ended_figures, figures.growing(last)])

    # ending

    async def requests(self) -> tuple[int, int]:
        """How many are under way, and how many have been served."""
        await _all(member.beat(self._confirmed) for member in self.serving)
        told = self.told()
        return told["active_requests"], told["served_requests"]

    async def announce(self) -> None:
        """Ask clients to connect elsewhere from now on."""
        self.draining = True
        await _all(member.link.ask("announce") for member in self.serving)

    async def close(self, seconds: float) -> None:
        """Have all finish what is under way, and end."""
        await asyncio.gather(*(self._close(member, seconds) for member in list(self._members.values())))

    async def _close(self, member: Member, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds + END_SECONDS):
                if member.serves:
                    member.figures = await member.link.ask("close", seconds)
                member.link.close()
                await member.process.wait()
        except (LinkLostError, TimeoutError):
            member.kill()


async def _all(answers: Iterable[Awaitable[Any]]) -> list[Any]:
    """Those of the workers that are still there."""
    told = await asyncio.gather(*answers, return_exceptions=True)
    return [each for each in told if not isinstance(each, BaseException)]


def _freshness(keys: dict[str, Any]) -> float:
    age = keys["age_seconds"]
    return float("inf") if age is None else float(age)


def _told_of(member: Member | None) -> dict[str, Any]:
    if member is None:
        return {"state": "missing"}
    state = "ready" if member.is_ready else "unready" if member.serves else "starting"
    return {
        "state": state,
        "pid": member.process.pid,
        "connections": member.connections,
        "events": member.events,
        "acknowledged": member.acknowledged,
    }
