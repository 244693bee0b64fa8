"""A service that does not answer is left alone, and asked again when it may be back."""

import gc
import weakref
from collections.abc import Callable

import httpx
import pytest
from chassis.problems import Problem
from chassis.tracing import SpanIds
from gateway_service.door.head import Head
from gateway_service.door.turn import Turn
from gateway_service.exchange import Exchange
from gateway_service.guard_rules import BreakerRules
from gateway_service.guards.breaker import Attempt, Breaker
from gateway_service.messages import Give, Response
from gateway_service.refusals import Refusal
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.running import Running, eventually, free_port

POSTS = "/api/v1/posts"
SERVED = Response(500)  # an error of its own is an answer
SILENT = Refusal("upstream_timeout")
RULES = BreakerRules(requests=4, failures=0.5, window_seconds=10, open_seconds=5)


def exchange() -> Exchange:
    return Exchange(
        Turn(Line(), Head("GET", b"/", b"", 1, [], {}), "127.0.0.1", arrived=True, keep=True), SpanIds("a", "b")
    )


class Line:
    """No client."""

    def write(self, data: bytes) -> None: ...

    def pace(self) -> None: ...

    def ended(self, turn: Turn) -> None: ...


class Service:
    """Asks a breaker as time passes."""

    def __init__(self) -> None:
        self.now = 100.0
        self.breaker = Breaker("blog", RULES, lambda: self.now)

    def begin(self) -> Attempt:
        attempt = Attempt(self.breaker, exchange(), lambda _: None)
        self.breaker.admit(attempt)
        return attempt

    def ask(self, *outcomes: Response | Exception) -> None:
        for outcome in outcomes:
            self.begin().give(outcome)

    @property
    def is_open(self) -> bool:
        try:
            self.begin().cancel()
        except Refusal as refusal:
            return refusal.code == "circuit_open"
        return False


def test_opens_when_half_of_enough_requests_fail() -> None:
    service = Service()
    service.ask(SILENT, SERVED, SERVED)
    assert not service.is_open
    service.ask(SILENT)
    assert service.is_open


def test_what_went_well_before_the_first_failure_does_not_count() -> None:
    service = Service()
    service.ask(*[SERVED] * 1000, *[SILENT] * 4)
    assert service.is_open


def test_failures_that_are_far_apart_do_not_count_together() -> None:
    service = Service()
    for _ in range(20):
        service.ask(SILENT)
        service.now += RULES.window_seconds / 2
    assert not service.is_open


def test_what_the_client_did_wrong_does_not_count() -> None:
    service = Service()
    service.ask(*[Refusal("request_timeout"), Problem(413, "body_too_large", ""), Refusal("overloaded")] * 4)
    assert not service.is_open


@pytest.mark.parametrize(("outcome", "is_open"), [(SERVED, False), (SILENT, True)])
def test_one_request_finds_out_whether_it_is_back(outcome: Response | Exception, is_open: bool) -> None:
    service = Service()
    late = service.begin()
    service.ask(*[SILENT] * 4)
    service.now += RULES.open_seconds
    probe = service.begin()
    assert service.is_open, "one is enough"
    late.give(SERVED)
    assert service.is_open, "it was sent before"
    probe.give(outcome)
    assert service.is_open == is_open


def test_probe_whose_client_leaves_gives_way_to_another() -> None:
    service = Service()
    service.ask(*[SILENT] * 4)
    service.now += RULES.open_seconds
    service.begin().cancel()
    service.ask(SERVED)
    assert not service.is_open


def test_request_that_has_ended_is_gone_at_once() -> None:
    """Nothing of it is left for the collection of garbage, which would cost more than all checks."""

    class Transfer:
        """Holds on to who asked, as the real one does."""

        def __init__(self, exchange: Exchange, give: Give) -> None:
            self.give: Give = give
            self.kept = exchange
            exchange.cancel = self.cancel

        def cancel(self) -> None: ...

    def forward(exchange: Exchange, give: Give) -> None:
        transfers.append(Transfer(exchange, give))

    transfers: list[Transfer] = []
    asked = exchange()
    given: list[Response | Exception] = []
    gc.disable()
    try:
        Attempt(Service().breaker, asked, given.append).begin(forward)
        transfers[0].give(SERVED)
        asked.cancel = None  # as the gateway does in the end
        left: list[weakref.ref[object]] = [weakref.ref(asked), weakref.ref(transfers.pop())]
        del asked
        assert [each() for each in left] == [None, None]
    finally:
        gc.enable()
    assert given == [SERVED]


def test_service_that_is_down_is_asked_no_more_until_it_is_back(configured: Callable[..., Running]) -> None:
    port = free_port()
    rules = (
        "breaker: {requests: 1000, failures: 0.5, window_seconds: 10, open_seconds: 5}",
        "breaker: {requests: 3, open_seconds: 1}",
    )
    running = configured(rules, BLOG_URL=f"http://127.0.0.1:{port}")

    def code() -> str:
        answer = httpx.get(running.url + POSTS)
        return "" if answer.status_code == 200 else str(answer.json()["code"])

    assert [code() for _ in range(3)] == ["upstream_unreachable"] * 3
    answer = httpx.get(running.url + POSTS)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "circuit_open", "1")
    assert 'gateway_circuit_open{upstream="blog"} 1.0' in httpx.get(f"{running.admin_url}/metrics").text
    assert httpx.get(running.url + "/api/v1/auth/profiles/alice").status_code == 200, "others are asked"
    with FakeUpstream(port=port) as back:
        eventually(lambda: code() == "")
        assert len(back.requests) == 1
    assert 'gateway_circuit_open{upstream="blog"} 0.0' in httpx.get(f"{running.admin_url}/metrics").text
