"""Stores of counts: in Redis, in the database and in memory, each against the same model."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from auth_service.brakes.models import AttemptCount
from auth_service.brakes.stores import Count, Full, Store, memory
from auth_service.brakes.stores.chosen import store as chosen
from auth_service.brakes.stores.database import DatabaseStore
from auth_service.brakes.stores.memory import MemoryStore
from auth_service.brakes.stores.redis import OrElse, RedisStore
from auth_service.brakes.tasks import attempts_forget
from auth_service.testing import AtOnce
from chassis.django.cache import Breaker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid4

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SECONDS = 600

steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "take", "give back"]),
        st.sets(st.sampled_from("abc"), min_size=1),
        st.sampled_from([0, 1, 200, SECONDS - 1, SECONDS]),
    ),
    max_size=60,
)


class Model:
    """What a store does, said as simply as can be: how many there are of each, and until when."""

    def __init__(self) -> None:
        self.counts: dict[str, tuple[int, datetime]] = {}

    def current(self, key: str, now: datetime) -> tuple[int, datetime]:
        number, ends = self.counts.get(key, (0, now))
        return (number, ends) if ends > now else (0, now + timedelta(seconds=SECONDS))

    def take(self, counts: list[Count], now: datetime) -> float | None:
        found = {count: self.current(count.key, now) for count in counts}
        if waits := [ends - now for count, (number, ends) in found.items() if number >= count.most]:
            return max(waits).total_seconds()
        self.counts |= {count.key: (number + 1, ends) for count, (number, ends) in found.items()}
        return None

    def give_back(self, counts: list[Count], now: datetime) -> None:
        found = {count.key: self.current(count.key, now) for count in counts}
        self.counts |= {key: (number - 1, ends) for key, (number, ends) in found.items() if number}


def closed(store: RedisStore) -> Iterator[RedisStore]:
    yield store
    store.close()


@pytest.fixture
def redis_store(redis_url: str) -> Iterator[RedisStore]:
    yield from closed(RedisStore(redis_url))


@pytest.fixture(params=["redis", "database", "memory"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "redis":
        kept: Store = request.getfixturevalue("redis_store")
        return kept
    if request.param == "database":
        request.getfixturevalue("db")
        return DatabaseStore()
    return MemoryStore()


def some(keys: Any, run: str = "") -> list[Count]:
    return [Count(f"reason of {key}", f"{run}{key}", 2 + "abc".index(key), SECONDS) for key in sorted(keys)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(steps)
def test_a_store_counts_as_the_model_does(store: Store, steps: list[tuple[str, set[str], int]]) -> None:
    model, now, run = Model(), NOW + timedelta(days=9999), uuid4().hex[:24]  # a store sees each run's keys once
    for step, keys, later in steps:
        now += timedelta(seconds=later)
        counts = some(keys, run)
        if step == "take":
            full = store.take(counts, now=now)
            assert (full and full.seconds) == model.take(counts, now)
        else:
            store.give_back(counts, now=now)
            model.give_back(counts, now)


def test_the_count_that_is_full_for_longest_is_named(store: Store) -> None:
    early, late = some("a", uuid4().hex[:24])[0], some("a", uuid4().hex[:24])[0]
    for _ in range(2):
        store.take([early], now=NOW)
        store.take([late], now=NOW + timedelta(seconds=60))
    assert store.take([early, late], now=NOW + timedelta(seconds=90)) == Full(late, 570)


def test_nobody_is_held_back_longer_than_the_stated_time_however_much_they_try(store: Store) -> None:
    (count,) = some("a", uuid4().hex[:24])
    outcomes = [store.take([count], now=NOW + timedelta(seconds=second)) is None for second in range(SECONDS + 1)]
    assert outcomes == [True, True, *[False] * (SECONDS - 2), True]


def test_of_many_at_once_no_more_are_let_through_than_may_be(redis_store: RedisStore, at_once: AtOnce) -> None:
    for shared in (redis_store, DatabaseStore()):
        count = Count("account", uuid4().hex, 3, SECONDS)
        answers = at_once([partial(shared.take, [count], now=NOW)] * 8)
        assert sorted(answer is None for answer in answers) == [False] * 5 + [True] * 3
    AttemptCount.objects.all().delete()


def test_memory_is_bounded_and_forgets_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_KEYS", 2)
    store = MemoryStore()
    a, b, c = some("abc")
    for count in (a, a, b, b, b, c):
        store.take([count], now=NOW)
    assert store.take([b], now=NOW)
    assert store.take([a], now=NOW) is None


def test_counts_whose_time_is_over_are_forgotten(db: None) -> None:
    store = DatabaseStore()
    store.take(some("a"), now=NOW - timedelta(days=9999))
    store.take(some("b"), now=NOW + timedelta(days=9999))
    attempts_forget()
    assert [row.key for row in AttemptCount.objects.all()] == ["b"]


def stopped(breaker: Breaker) -> None:
    if breaker._probing:
        breaker._probing.stop()


def test_without_redis_each_process_counts_on_its_own(unused_tcp_port: int) -> None:
    first = RedisStore(f"redis://127.0.0.1:{unused_tcp_port}")
    braked = OrElse(first, MemoryStore())
    (count,) = some("a")
    assert [braked.take([count], now=NOW) is None for _ in range(3)] == [True, True, False]
    braked.give_back([count], now=NOW)
    assert braked.take([count], now=NOW) is None
    stopped(braked.breaker)
    first.close()


def test_counts_are_kept_where_all_processes_see_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for url, kind in (
        ("locmem://", DatabaseStore),
        ("memcached://cache:11211", DatabaseStore),
        ("redis://cache", OrElse),
    ):
        monkeypatch.setattr("auth_service.brakes.stores.chosen.settings", lambda url=url: Settings(url))
        assert type(chosen.__wrapped__()) is kind


class Settings:
    def __init__(self, cache_url: str) -> None:
        self.cache_url = cache_url
