"""Django's caches, for which one that is away is a miss.

The first call that meets it waits a short while at most; from then on none does, until a thread finds it back.
"""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends import memcached, redis
from django.core.cache.backends.base import BaseCache
from pymemcache.exceptions import MemcacheError  # type: ignore[import-untyped]
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from chassis.liveness import STUCK_SECONDS, Loop
from chassis.logging import get_logger

WAIT_SECONDS = 0.25
"""How long a call waits for a connection, and for an answer."""
PROBE_SECONDS = 1.0
_FAILURES = (RedisError, MemcacheError, OSError)
log = get_logger()


class Breaker:
    """Whether one cache is away, for all threads of the process."""

    def __init__(self, prober: Callable[[], Callable[[], object]]) -> None:
        self.away = False
        self._prober = prober
        self._probing: Loop | None = None

    def failed(self, error: Exception) -> None:
        """Ask nothing more of it, and begin to look for it."""
        if not self.away:
            self.away = True
            log.warning("cache is away", error=type(error).__name__)
        if self._probing is None:
            probe = self._prober()
            self._probing = Loop("cache", lambda: self._look(probe), within=STUCK_SECONDS)

    def _look(self, probe: Callable[[], object]) -> float:
        if self.away:
            try:
                probe()
            except _FAILURES:
                return PROBE_SECONDS
            self.away = False
            log.info("cache is back")
        return PROBE_SECONDS


_breakers: dict[str, Breaker] = {}


class _MissWhenAway(BaseCache):
    """Before a Django backend: each method gives what it gives for a key that is not there."""

    def __init__(self, location: str, parameters: dict[str, Any]) -> None:
        super().__init__(location, parameters)  # type: ignore[call-arg, arg-type]  # of the backend behind
        self._breaker = _breakers.setdefault(str(location), Breaker(lambda: type(self)(location, parameters).probe))

    def probe(self) -> None:
        """Ask for something; raises what the client does when the cache is away."""
        self._now("get", "probe")

    def _now(self, method: str, *arguments: Any, **options: Any) -> Any:
        return getattr(super(), method)(*arguments, **options)

    def _or(self, missed: Any, method: str, *arguments: Any, **options: Any) -> Any:
        if self._breaker.away:
            return missed
        try:
            return self._now(method, *arguments, **options)
        except _FAILURES as error:
            self._breaker.failed(error)
            return missed

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, "get", key, default, version)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        return self._or({}, "get_many", keys, version)

    def has_key(self, key: Any, version: int | None = None) -> Any:
        return self._or(False, "has_key", key, version)

    def set(self, key: Any, value: Any, *arguments: Any, **options: Any) -> Any:
        return self._or(None, "set", key, value, *arguments, **options)

    def set_many(self, data: Any, *arguments: Any, **options: Any) -> Any:
        return self._or(list(data), "set_many", data, *arguments, **options)

    def add(self, key: Any, value: Any, *arguments: Any, **options: Any) -> Any:
        return self._or(False, "add", key, value, *arguments, **options)

    def touch(self, key: Any, *arguments: Any, **options: Any) -> Any:
        return self._or(False, "touch", key, *arguments, **options)

    def delete(self, key: Any, version: int | None = None) -> Any:
        return self._or(False, "delete", key, version)

    def delete_many(self, keys: Any, version: int | None = None) -> Any:
        return self._or(None, "delete_many", keys, version)

    def clear(self) -> Any:
        return self._or(None, "clear")

    def incr(self, key: Any, *arguments: Any, **options: Any) -> Any:
        changed = self._or(None, "incr", key, *arguments, **options)
        if changed is None:
            raise ValueError(f"Key {key!r} not found")  # as Django's caches do
        return changed


class RedisCache(_MissWhenAway, redis.RedisCache):
    """Redis; a connection that was closed while nobody used it is opened anew, once, which redis-py does not by URL."""

    def __init__(self, location: str, parameters: dict[str, Any]) -> None:
        retry = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
        waits = {"socket_connect_timeout": WAIT_SECONDS, "socket_timeout": WAIT_SECONDS}
        super().__init__(location, parameters | {"OPTIONS": waits | {"retry": retry}})


class MemcachedCache(_MissWhenAway, memcached.PyMemcacheCache):
    """memcached."""

    def __init__(self, location: str, parameters: dict[str, Any]) -> None:
        waits = {"connect_timeout": WAIT_SECONDS, "timeout": WAIT_SECONDS}
        whose = {"retry_attempts": 0, "retry_timeout": 0, "dead_timeout": 0}  # whether it is away is known here
        super().__init__(location, parameters | {"OPTIONS": waits | whose})
