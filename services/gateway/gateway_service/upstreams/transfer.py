"""A request on its way to an upstream and back: who is waited for, since when, and who gave up."""

import asyncio
from collections.abc import Awaitable
from enum import Enum, auto
from time import monotonic
from typing import Any

from gateway_service.config import Limits
from gateway_service.exchange import Exchange

SWEEP_SECONDS = 0.1


class Stop(Enum):
    """Why a transfer was stopped from outside."""

    CLIENT_LEFT = auto()
    CLIENT_SLOW = auto()
    UPSTREAM_SLOW = auto()


class Transfer:
    """Deadlines of one transfer, and an ear for the client that leaves."""

    __slots__ = (
        "_ear",
        "_exchange",
        "_task",
        "answered",
        "endless",
        "limits",
        "moved",
        "started",
        "stopped",
        "waits_for_client",
    )

    def __init__(self, exchange: Exchange, limits: Limits) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._exchange = exchange
        self._ear: asyncio.Task[None] | None = None
        self.limits = limits
        self.started = self.moved = monotonic()
        self.waits_for_client = False
        self.endless = False  # a stream of events
        self.answered = False
        self.stopped: Stop | None = None

    async def of_client(self, waiting: Awaitable[Any]) -> Any:
        """Wait for the client to send or to receive."""
        self.waits_for_client = True
        self.moved = monotonic()
        result = await waiting
        self.waits_for_client = False
        self.moved = monotonic()
        return result

    def check(self, now: float) -> None:
        """Stop what is overdue; begin to listen for a client that leaves once its body has arrived."""
        limits, silence = self.limits, now - self.moved
        if self.waits_for_client and silence > limits.body_idle_seconds:
            self._stop(Stop.CLIENT_SLOW)
        elif not self.waits_for_client and silence > limits.idle_seconds:
            self._stop(Stop.UPSTREAM_SLOW)
        elif now - self.started > limits.total_seconds and not self.endless:
            self._stop(Stop.CLIENT_SLOW if self.waits_for_client else Stop.UPSTREAM_SLOW)
        elif self._ear is None and self._exchange.body_arrived:
            self._ear = asyncio.get_running_loop().create_task(self._listen())

    def close(self) -> None:
        """Listen no longer."""
        self.answered = True
        if self._ear:
            self._ear.cancel()

    def cancelled_by_us(self) -> bool:
        """Whether the CancelledError just caught is this transfer's; the task may then go on to answer."""
        if self.stopped is None:
            return False
        self._task.uncancel()
        return True

    def _stop(self, why: Stop) -> None:
        if self.stopped is None:
            self.stopped = why
            self._task.cancel()

    async def _listen(self) -> None:
        while (await self._exchange.receive())["type"] != "http.disconnect":
            pass
        if not self.answered:
            self._stop(Stop.CLIENT_LEFT)


class Deadlines:
    """Looks at all transfers a few times a second: cheaper than timers for each, and most end before the first look."""

    def __init__(self) -> None:
        self._transfers: set[Transfer] = set()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, transfer: Transfer) -> None:
        self._transfers.add(transfer)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def forget(self, transfer: Transfer) -> None:
        self._transfers.discard(transfer)
        transfer.close()

    def _sweep(self) -> None:
        now = monotonic()
        for transfer in list(self._transfers):
            transfer.check(now)
        self._timer = None
        if self._transfers:
            self._timer = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)
