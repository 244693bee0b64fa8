"""What is made while requests wait for it: each once in a process, however many ask."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

WAITING = 50  # that may be under way or wait for their turn in a process; beyond it none is begun
WAITING_OF_ONE = 10  # of these, for one user

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class OnDemand(Generic[K, V]):
    """A request waits for a moment, then comes again; what was begun goes on. For one event loop."""

    def __init__(self) -> None:
        self._making: dict[K, tuple[Hashable, asyncio.Task[V]]] = {}

    async def get(self, key: K, make: Callable[[], Awaitable[V]], *, user: Hashable, seconds: float) -> V | None:
        """What is made under a key; None if it is not there after so many seconds, though it may be made later."""
        making = self._begun(key, make, user)
        if making is None:
            return None
        done, _ = await asyncio.wait([making], timeout=seconds)
        return making.result() if done else None

    async def close(self) -> None:
        """Give up what is being made."""
        tasks = self.under_way
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def under_way(self) -> "list[asyncio.Task[V]]":
        return [task for _, task in self._making.values()]

    def _begun(self, key: K, make: Callable[[], Awaitable[V]], user: Hashable) -> "asyncio.Task[V] | None":
        if key not in self._making and self._has_room(user):
            task = asyncio.ensure_future(make())
            self._making[key] = user, task
            task.add_done_callback(lambda _: self._making.pop(key))
        _, making = self._making.get(key, (None, None))
        return making

    def _has_room(self, user: Hashable) -> bool:
        of_one = sum(other == user for other, _ in self._making.values())
        return len(self._making) < WAITING and of_one < WAITING_OF_ONE
