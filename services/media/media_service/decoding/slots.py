"""Who decodes next: so many at once, and of those who wait each user in turn."""

from asyncio import Future, get_running_loop
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class FairSlots:
    """A user who sends fifty pictures waits for his own, others do not. For one event loop."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: OrderedDict[Hashable, deque[Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def slot(self, user: Hashable) -> AsyncIterator[None]:
        """Have one until the block ends."""
        await self._take(user)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, user: Hashable) -> None:
        if self._free:
            self._free -= 1
            return
        turn: Future[None] = get_running_loop().create_future()
        self._waiting.setdefault(user, deque()).append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():  # it was given, and nobody is there to take it
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            user, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[user] = turns  # behind the others
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
