"""Quotas in Redis: one script for whatever is asked at one moment, by one connection."""

import asyncio
from collections.abc import Sequence

from chassis.logging import get_logger
from chassis.metrics import counter
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from gateway_service.rates.shared import Ask, AwayError, Told

WAIT_SECONDS = 0.25
"""For Redis to answer. It does in less than one thousandth, or something is wrong with it."""
AGAIN_SECONDS = 1.0
_AT_ONCE = 200  # keys of one script: it holds up everything else in Redis
_PREFIX = "{gateway:rates}:"  # in braces: a cluster keeps together what one script touches

# GCRA as in local.py. The clock is Redis's own: those of gateways differ. Microseconds since 1970 are below 2^53.
_SCRIPT = """
local time, told = redis.call('TIME'), {}
local now = time[1] * 1000000 + time[2]
for i, key in ipairs(KEYS) do
  local interval, burst, want, back = unpack(ARGV, 4 * i - 3, 4 * i)
  local full_at = math.max(now, tonumber(redis.call('GET', key) or 0) - back * interval)
  local room = math.floor((now + burst * interval - full_at) / interval)
  local granted = math.max(0, math.min(tonumber(want), room))
  full_at = full_at + granted * interval
  if full_at > now then
    redis.call('SET', key, string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
  else
    redis.call('DEL', key)
  end
  local wait = 0
  if tonumber(want) > 0 and granted == 0 then wait = full_at - now - (burst - 1) * interval end
  told[i] = {granted, math.max(0, room - granted), wait, full_at - now}
end
return told
"""
log = get_logger()


class RedisStore:
    """Gathers what is asked while Redis answers, and asks for it together."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_connect_timeout=WAIT_SECONDS,
            socket_timeout=WAIT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=1,
        )
        self._script = self._redis.register_script(_SCRIPT)
        self._waiting: list[tuple[Ask, asyncio.Future[Told]]] = []
        self._asking: asyncio.Task[None] | None = None
        self._coming_back: asyncio.Task[None] | None = None
        self._failures = counter("gateway_rates_failures_total")

    @property
    def away(self) -> bool:
        return self._coming_back is not None

    async def ask(self, asks: Sequence[Ask]) -> list[Told]:
        """Lease as Store has it."""
        loop = asyncio.get_running_loop()
        told = [loop.create_future() for _ in asks]
        self._waiting += zip(asks, told, strict=True)
        if self._asking is None:
            self._asking = loop.create_task(self._ask_all())
        return list(await asyncio.gather(*told))

    async def close(self) -> None:
        for task in filter(None, (self._asking, self._coming_back)):
            task.cancel()
        await self._redis.aclose()

    async def _ask_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            try:
                answers = await self._run([ask for ask, _ in asked])
            except (RedisError, OSError) as error:  # TimeoutError is one
                self._leave(error)
                _fail([*asked, *self._waiting])
                self._waiting = []
            else:
                for (_, told), answer in zip(asked, answers, strict=True):
                    if not told.done():
                        told.set_result(answer)
        self._asking = None

    async def _run(self, asks: Sequence[Ask]) -> list[Told]:
        keys = [_PREFIX + ask.key for ask in asks]
        arguments = [number for ask in asks for number in (ask.quota.interval, ask.quota.burst, ask.want, ask.back)]
        async with asyncio.timeout(WAIT_SECONDS):
            return [Told(*each) for each in await self._script(keys=keys, args=arguments)]

    def _leave(self, error: Exception) -> None:
        self._failures.inc()
        if self._coming_back is None:
            log.warning("rates are not shared", error=type(error).__name__)
            self._coming_back = asyncio.get_running_loop().create_task(self._come_back())

    async def _come_back(self) -> None:
        while True:
            await asyncio.sleep(AGAIN_SECONDS)
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    await self._redis.ping()
            except (RedisError, OSError):
                self._failures.inc()
            else:
                break
        log.info("rates are shared again")
        self._coming_back = None


def _fail(asked: Sequence[tuple[Ask, asyncio.Future[Told]]]) -> None:
    for _, told in asked:
        if not told.done():
            told.set_exception(AwayError())
