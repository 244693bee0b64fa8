"""Counts in Redis, shared by all replicas, and in the memory of each while Redis is away."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from chassis.django.cache import WAIT_SECONDS, Breaker
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from auth_service.brakes.stores import Count, Full, Store

T = TypeVar("T")

# The time is the caller's, so that a count ends when it says so; Redis's own clock only sweeps up.
_TAKE = """
local now, full, wait = tonumber(ARGV[1]), 0, 0
for i, key in ipairs(KEYS) do
  local number, ends = unpack(redis.call('HMGET', key, 'number', 'ends'))
  if ends and tonumber(ends) > now and tonumber(number) >= tonumber(ARGV[2 * i]) and tonumber(ends) - now > wait then
    full, wait = i, tonumber(ends) - now
  end
end
if full > 0 then return {full, wait} end
for i, key in ipairs(KEYS) do
  local ends = redis.call('HGET', key, 'ends')
  if ends and tonumber(ends) > now then
    redis.call('HINCRBY', key, 'number', 1)
  else
    redis.call('HSET', key, 'number', 1, 'ends', now + ARGV[2 * i + 1])
    redis.call('PEXPIRE', key, ARGV[2 * i + 1])
  end
end
return {0, 0}
"""
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
  local number, ends = unpack(redis.call('HMGET', key, 'number', 'ends'))
  if ends and tonumber(ends) > tonumber(ARGV[1]) and tonumber(number) > 0 then
    redis.call('HINCRBY', key, 'number', -1)
  end
end
"""
_PREFIX = "{auth:brakes}:"  # in braces: a cluster keeps together what one script touches


class RedisStore:
    """By one script for each call; raises RedisError and OSError when Redis is away."""

    def __init__(self, url: str) -> None:
        # said here, or it depends on how the client is made: findings/redis-py-retries-by-constructor.sh
        retry = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
        self._redis = Redis.from_url(url, socket_connect_timeout=WAIT_SECONDS, socket_timeout=WAIT_SECONDS, retry=retry)
        self._take = self._redis.register_script(_TAKE)
        self._give_back = self._redis.register_script(_GIVE_BACK)

    def take(self, counts: Sequence[Count], *, now: datetime) -> Full | None:
        limits = [number for count in counts for number in (count.most, count.seconds * 1000)]
        full, wait = self._take(keys=_keys(counts), args=[_milliseconds(now), *limits])
        return Full(counts[full - 1], wait / 1000) if full else None

    def give_back(self, counts: Sequence[Count], *, now: datetime) -> None:
        self._give_back(keys=_keys(counts), args=[_milliseconds(now)])

    def ping(self) -> None:
        self._redis.ping()

    def close(self) -> None:
        self._redis.close()


class OrElse:
    """One store, and another one while it is away."""

    def __init__(self, first: RedisStore, other: Store) -> None:
        self.breaker = Breaker(lambda: first.ping)
        self._first, self._other = first, other

    def take(self, counts: Sequence[Count], *, now: datetime) -> Full | None:
        return self._either(lambda store: store.take(counts, now=now))

    def give_back(self, counts: Sequence[Count], *, now: datetime) -> None:
        self._either(lambda store: store.give_back(counts, now=now))

    def _either(self, call: Callable[[Store], T]) -> T:
        if not self.breaker.away:
            try:
                return call(self._first)
            except (RedisError, OSError) as error:
                self.breaker.failed(error)
        return call(self._other)


def _keys(counts: Sequence[Count]) -> list[str]:
    return [_PREFIX + count.key for count in counts]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
