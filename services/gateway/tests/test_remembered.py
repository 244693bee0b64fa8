"""What clients say is remembered while it is short: a strange header must leave nothing behind."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from chassis.client_address import TrustedProxies
from chassis.tracing import SpanIds
from gateway_service.chain.address import AddressCheck
from gateway_service.compression.codings import chosen
from gateway_service.door.head import Head
from gateway_service.door.nobody import Nobody
from gateway_service.door.turn import Turn
from gateway_service.exchange import Exchange
from gateway_service.rates.chosen import Quotas
from gateway_service.rates.local import LocalLimiter
from gateway_service.remembered import remembered
from gateway_service.routing import Target
from gateway_service.testing.cached import PATH, Cached
from gateway_service.upstreams.headers import RequestHeaders

REQUESTS = 60
GROWTH_BYTES = 300_000  # the headers alone would be 840 KB
TARGET = Target("/", "blog", {}, "GET", (), stream_body=False, pictures=False, headers=frozenset())


def long(number: int) -> bytes:
    """A list that no other is like, of nearly as many words as a header can have."""
    return b",".join(b"%06d" % each for each in range(number * 2000, number * 2000 + 2000))


@contextmanager
def nothing_is_left() -> Iterator[None]:
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < GROWTH_BYTES


def exchange(*headers: tuple[bytes, bytes]) -> Exchange:
    head = Head("GET", b"/", b"", 1, headers, dict(headers))
    passed = Exchange(Turn(Nobody(), head, "192.0.2.1", arrived=True, keep=True), SpanIds("a", "b"))
    passed.target = TARGET
    return passed


@pytest.mark.parametrize("name", [b"accept", b"accept-language", b"if-none-match", b"if-modified-since"])
def test_kept_answer_leaves_nothing_of_who_asks_for_it(name: bytes) -> None:
    said = ((b"etag", b'"7"'), (b"last-modified", b"Tue, 01 Dec 2026 10:00:00 GMT"))
    service = Cached()
    service.headers = (*service.headers, *said)
    assert service.get().cache == "miss"
    with nothing_is_left():
        for number in range(REQUESTS):
            assert service.get(PATH, (name, b"*/*," + long(number))).cache == "hit"


def test_query_that_is_passed_by_leaves_nothing() -> None:
    service = Cached(headers=[(b"cache-control", b"private")])
    with nothing_is_left():
        for number in range(REQUESTS):
            assert service.get(query=b"q=" + long(number)).cache in {"miss", "bypass"}
            service.calls.clear()
    assert service.get(query=b"q=" + long(0)).cache == "bypass"  # of it is known that nobody need wait


def test_codings_leave_nothing() -> None:
    with nothing_is_left():
        for number in range(REQUESTS):
            assert chosen(long(number) + b",br") == "br"


def test_headers_that_pass_leave_nothing() -> None:
    headers = RequestHeaders("https://broadsheet.test")
    with nothing_is_left():
        for number in range(REQUESTS):
            assert b"x: y" in headers.make(exchange((b"connection", long(number)), (b"x", b"y")))
            assert b"x: y" in headers.make(exchange((long(number), b""), (b"x", b"y")))


def test_address_that_a_client_makes_up_leaves_nothing() -> None:
    check = AddressCheck(TrustedProxies(()), LocalLimiter(), Quotas({}), Quotas({}))
    with nothing_is_left():
        for number in range(REQUESTS):
            asked = exchange((b"x-forwarded-for", long(number)))
            check(asked)
            assert asked.client == "192.0.2.1"


@pytest.fixture
def made() -> list[Any]:
    return []


@pytest.fixture
def short(made: list[Any]) -> Callable[[Any], int]:
    @remembered(3, longest=10)
    def place(words: Any) -> int:
        made.append(words)
        return len(made)

    return place


def test_short_words_are_read_once(short: Callable[[Any], int], made: list[Any]) -> None:
    words = ["a" * 10, b"b" * 10, ("a", (b"b" * 4, "c" * 5))]
    assert [short(each) for each in words * 2] == [1, 2, 3, 1, 2, 3]
    assert made == words


def test_long_words_are_read_each_time(short: Callable[[Any], int]) -> None:
    words = ["a" * 11, b"b" * 11, ("a", (b"b" * 5, "c" * 5))]
    assert [short(each) for each in words * 2] == [1, 2, 3, 4, 5, 6]


def test_all_is_forgotten_when_it_is_too_much(short: Callable[[Any], int]) -> None:
    assert [short(each) for each in "abcdda"] == [1, 2, 3, 4, 4, 5]
