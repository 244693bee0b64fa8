"""Quotas by themselves: in one process, and of several that share Redis."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from fractions import Fraction
from itertools import count
from urllib.parse import urlsplit

import pytest
from gateway_service.rates import shared
from gateway_service.rates.chosen import limiter, whose_address
from gateway_service.rates.local import LocalLimiter
from gateway_service.rates.memory_store import MemoryStore
from gateway_service.rates.quota import SECOND, Limiter, Quota, Standing, Take
from gateway_service.rates.redis_store import RedisStore
from gateway_service.rates.shared import Ask, SharedLimiter, Store
from hypothesis import given
from hypothesis import strategies as st

_NAMES = count()
Gateways = Callable[[int], list[SharedLimiter]]


def quota(requests: int = 10, seconds: int = 10, burst: int | None = None, name: str = "q") -> Quota:
    return Quota(name, "address", requests, seconds, burst or requests)


def fresh(requests: int, seconds: int = 60, burst: int | None = None) -> Take:
    """Of a quota that nobody has asked before."""
    made = quota(requests, seconds, burst, f"q{next(_NAMES)}")
    return made, made.key("alice")


async def taken(limiter: Limiter, *takes: Take) -> Standing:
    told = limiter.take(takes)
    return told if isinstance(told, Standing) else await told


class Bucket:
    """The model: a bucket that fills up all the time, from which each request takes one."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._level = Fraction(quota.burst)
        self._at = 0

    def take(self, now: int) -> tuple[bool, int, int]:
        """Whether there was one, how many whole ones are left, and how long until there is one, else 0."""
        filled = self._level + Fraction(now - self._at, self._quota.interval)
        self._level, self._at = min(Fraction(self._quota.burst), filled), now
        if self._level >= 1:
            self._level -= 1
            return True, int(self._level), 0
        missing = (1 - self._level) * self._quota.interval
        return False, 0, -(-missing.numerator // missing.denominator)


@given(
    requests=st.integers(1, 1000),
    seconds=st.integers(1, 3600),
    part=st.floats(0.01, 1),
    steps=st.lists(st.integers(0, 120 * SECOND) | st.just(0) | st.integers(0, 1000), max_size=200),
)
def test_local_limit_is_exactly_that_of_a_bucket(requests: int, seconds: int, part: float, steps: list[int]) -> None:
    limit = quota(requests, seconds, max(1, int(requests * part)))
    now = 0
    limiter, model = LocalLimiter(now=lambda: now), Bucket(limit)
    for step in steps:
        now += step
        told = limiter.take([(limit, "k")])
        assert isinstance(told, Standing)
        assert (told.wait == 0, told.remaining, told.wait) == model.take(now)


@given(steps=st.lists(st.integers(0, 3 * SECOND), min_size=1, max_size=100))
def test_who_waits_as_long_as_is_said_is_let_in(steps: list[int]) -> None:
    now = 0
    limiter, limit = LocalLimiter(now=lambda: now), quota(7, 10, 3)
    for step in steps:
        now += step
        told = limiter.take([(limit, "k")])
        if told.wait:
            now += told.wait - 1
            assert limiter.take([(limit, "k")]).wait == 1
            now += 1
            assert not limiter.take([(limit, "k")]).wait


def test_refused_request_takes_nothing_of_any_quota() -> None:
    limiter = LocalLimiter(now=lambda: 0)
    wide, narrow = (quota(100, name="wide"), "wide"), (quota(1, name="narrow"), "narrow")
    assert limiter.take([wide, narrow]).quota.name == "narrow"  # the tightest is told
    assert limiter.take([wide, narrow]).wait == 10 * SECOND
    assert limiter.take([wide]).remaining == 98


def test_keys_are_forgotten_when_there_are_too_many() -> None:
    now = 0
    limiter, limit = LocalLimiter(most_keys=100, now=lambda: now), quota(10)
    for number in range(50):
        limiter.take([(limit, f"old {number}")])
    for _ in range(10):
        limiter.take([(limit, "greedy")])
    now = 5 * SECOND  # the old ones are whole again
    for number in range(5000):
        limiter.take([(limit, f"new {number}")])
        assert len(limiter) <= 100
    assert limiter.take([(limit, "greedy")]).remaining == 4  # not those that used most


def test_request_is_refused_whose_own_keys_drove_each_other_out() -> None:
    limiter = LocalLimiter(most_keys=2, now=lambda: 0)
    others, narrow = [(quota(), "first"), (quota(), "second")], (quota(1), "narrow")
    assert not limiter.take([narrow]).wait
    assert limiter.take([*others, narrow]).wait == 10 * SECOND


@pytest.mark.parametrize(
    ("client", "whose"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("unix", "unix"),
    ],
)
def test_address_is_counted_by_what_one_subscriber_has(client: str, whose: str) -> None:
    assert whose_address(client) == whose


@pytest.mark.parametrize("url", ["locmem://", "memcached://cache"])
def test_without_redis_each_gateway_counts_on_its_own(url: str) -> None:
    assert isinstance(limiter(url), LocalLimiter)


@pytest.fixture(params=[pytest.param("redis", marks=pytest.mark.servers), "memory"])
def new_store(request: pytest.FixtureRequest) -> Callable[[], Store]:
    """Gives stores that count together: in Redis, as several gateways do, or in one gateway, as its workers do."""
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        return lambda: RedisStore(url)
    store = MemoryStore()
    return lambda: store


@pytest.fixture
async def gateways(new_store: Callable[[], Store]) -> AsyncIterator[Gateways]:
    """Limiters of so many gateways, or workers, that count together."""
    started: list[SharedLimiter] = []

    def start(number: int) -> list[SharedLimiter]:
        started.extend(SharedLimiter(new_store()) for _ in range(number))
        return started[-number:]

    yield start
    for each in started:
        await each.close()


async def test_several_gateways_let_through_what_one_would(gateways: Gateways) -> None:
    limit = fresh(300, 3600, 300)
    told = await asyncio.gather(*(taken(each, limit) for each in gateways(3) for _ in range(300)))
    let_through = sum(not each.wait for each in told)
    assert let_through == 300
    assert {each.remaining for each in told if each.wait} == {0}


@pytest.mark.parametrize("burst", [1, 5, 100])
async def test_small_quota_is_as_exact(gateways: Gateways, burst: int) -> None:
    limit = fresh(burst, 3600, burst)
    one, other = gateways(2)
    told = [await taken(each, limit) for _ in range(burst) for each in (one, other)]
    assert sum(not each.wait for each in told) == burst
    assert told[-1].wait > 0


async def test_client_that_goes_on_is_answered_from_memory(gateways: Gateways) -> None:
    (gateway,) = gateways(1)
    limit = fresh(6000, 60, 1000)
    at_once = 0
    for _ in range(500):
        told = gateway.take([limit])
        at_once += isinstance(told, Standing)
        if not isinstance(told, Standing):
            await told
        await asyncio.sleep(0.0005)  # as requests come: more is asked for meanwhile
    assert at_once > 490


async def test_refused_client_is_refused_from_memory(gateways: Gateways) -> None:
    (gateway,) = gateways(1)
    limit = fresh(1, 3600)
    assert not (await taken(gateway, limit)).wait
    assert (await taken(gateway, limit)).wait
    told = gateway.take([limit])
    assert isinstance(told, Standing)
    assert 3599 * SECOND < told.wait <= 3600 * SECOND


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it; fails after a deadline."""
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.02)


@pytest.fixture
async def left(new_store: Callable[[], Store]) -> AsyncIterator[Callable[[Take], Awaitable[int]]]:
    """How much of a quota nobody has taken or leased."""
    store = new_store()

    async def look(take: Take) -> int:
        (told,) = await store.ask([Ask(*take, want=0)])
        return told.remaining

    yield look
    await store.close()


async def test_what_was_leased_and_not_used_goes_back(
    gateways: Gateways, left: Callable[[Take], Awaitable[int]]
) -> None:
    (gateway,) = gateways(1)
    limit = fresh(100, 36000, 100)
    assert (await taken(gateway, limit)).remaining == 99
    assert await left(limit) == 95

    async def is_back() -> bool:
        return await left(limit) == 99

    await until(is_back)


class Told:
    """A store that grants whatever is wanted, and remembers what it was asked."""

    away = False

    def __init__(self) -> None:
        self.asked: list[Ask] = []

    async def ask(self, asks: Sequence[Ask]) -> list[shared.Told]:
        self.asked += asks
        return [shared.Told(ask.want, 50, 0, 0) for ask in asks]

    async def close(self) -> None: ...


async def test_lease_that_has_ended_is_not_used_but_goes_back_with_the_next_question() -> None:
    now = 0
    store = Told()
    gateway, limit = SharedLimiter(store, now=lambda: now), fresh(100)
    await taken(gateway, limit)
    now += SECOND
    await taken(gateway, limit)
    assert [(each.want, each.back) for each in store.asked] == [(5, 0), (5, 4)]
    await gateway.close()


async def test_request_that_one_quota_refuses_costs_the_other_nothing(
    gateways: Gateways, left: Callable[[Take], Awaitable[int]]
) -> None:
    (gateway,) = gateways(1)
    wide, narrow = fresh(1000, 36000, 1000), fresh(1, 36000)
    await taken(gateway, narrow)
    for _ in range(20):
        assert (await taken(gateway, wide, narrow)).quota is narrow[0]

    async def is_whole() -> bool:
        return await left(wide) == 1000

    await until(is_whole)


async def test_while_redis_is_away_each_gateway_counts_on_its_own(unused_tcp_port: int) -> None:
    store = RedisStore(f"redis://127.0.0.1:{unused_tcp_port}")
    gateway = SharedLimiter(store)
    limit = fresh(3, 3600)
    assert [(await taken(gateway, limit)).wait > 0 for _ in range(4)] == [False, False, False, True]
    assert store.away
    assert isinstance(gateway.take([limit]), Standing)  # nobody waits for it any more
    await gateway.close()


async def test_while_redis_is_away_the_workers_of_a_gateway_count_together(unused_tcp_port: int) -> None:
    store, limit = MemoryStore(), fresh(30, 36000, 30)
    workers = [limiter(f"redis://127.0.0.1:{unused_tcp_port}", store) for _ in range(2)]
    told = [await taken(each, limit) for _ in range(30) for each in workers]
    assert sum(not each.wait for each in told) == 30
    for each in workers:
        await each.close()


def test_memory_store_forgets_keys_when_there_are_too_many() -> None:
    store = MemoryStore(most_keys=100)
    for number in range(5000):
        store.lease(f"key {number}", SECOND, 10, 1, 0)
        assert len(store) <= 100


@pytest.mark.servers
async def test_redis_that_comes_back_is_used_again(redis_url: str, unused_tcp_port: int) -> None:
    there = urlsplit(redis_url)
    here = there._replace(netloc=f"{there.netloc.rpartition('@')[0]}@127.0.0.1:{unused_tcp_port}".removeprefix("@"))
    store = RedisStore(here.geturl())
    gateway, limit = SharedLimiter(store), fresh(10, 36000)
    await taken(gateway, limit)
    assert store.away

    async def is_back() -> bool:
        return not store.away

    async with passing_on(unused_tcp_port, str(there.hostname), there.port or 6379):
        await until(is_back)
        assert (await taken(gateway, limit)).remaining == 9  # Redis has not seen the one before
        await gateway.close()


@asynccontextmanager
async def passing_on(port: int, host: str, to_port: int) -> AsyncIterator[None]:
    """A way to a server, that is there from now on."""
    pumps: set[asyncio.Task[None]] = set()

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            target.write(data)
        target.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, back = await asyncio.open_connection(host, to_port)
        pumps.update(map(asyncio.create_task, (pump(reader, back), pump(onward, writer))))

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    yield
    server.close()
    await asyncio.gather(*pumps)
