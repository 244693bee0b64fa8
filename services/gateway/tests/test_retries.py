"""How often something is asked a second time, and for how long a first time lasts."""

import asyncio
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from gateway_service.guard_rules import Retries
from gateway_service.testing.fake_upstream import Call, FakeUpstream, describe
from gateway_service.testing.running import Running, eventually
from gateway_service.upstreams.retries import RetryBudget

POSTS = "/api/v1/posts"
HEADER = "x-request-timeout-ms"


def test_a_share_of_requests_is_asked_again() -> None:
    budget = RetryBudget(Retries(share=0.1, burst=2))
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    budget.requests += 15
    assert [budget.spend() for _ in range(2)] == [True, False]
    budget.requests += 1000
    assert [budget.spend() for _ in range(3)] == [True, True, False], "no more than at once"


def test_service_in_trouble_is_not_asked_twice_as_much(configured: Callable[..., Running], blog: FakeUpstream) -> None:
    async def fail(call: Call) -> None:
        call.writer.close()

    blog.handlers[POSTS] = fail
    running = configured(("retries: {share: 0.1, burst: 10}", "retries: {share: 0, burst: 3}"))
    for _ in range(10):
        assert httpx.get(running.url + POSTS).json()["code"] == "upstream_invalid"
    assert len(blog.requests) == 13
    metrics = httpx.get(f"{running.admin_url}/metrics").text
    assert 'gateway_upstream_retries_total{upstream="blog"} 3.0' in metrics
    assert 'gateway_upstream_retries_refused_total{upstream="blog"} 7.0' in metrics


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_try_that_hangs_is_followed_by_another_where_it_can_do_no_harm(
    alice: httpx.Client, blog: FakeUpstream, method: str
) -> None:
    async def hang_once(call: Call) -> None:
        await (call.left() if len(blog.requests) == 1 else describe(call))

    path = "/api/v1/posts/first-light"
    blog.handlers[path] = hang_once
    answer = alice.request(method, path)
    assert answer.status_code == (200 if method == "GET" else 504)
    eventually(lambda: blog.requests[0].cut)
    assert len(blog.requests) == (2 if method == "GET" else 1)


def test_service_is_told_how_long_it_is_waited_for(stranger: httpx.Client, blog: FakeUpstream) -> None:
    for said in ({}, {HEADER: "1"}, {"X-Request-Timeout-Ms": "999999"}):
        stranger.get(POSTS, headers=said)
    assert [request.header(HEADER) for request in blog.requests] == ["2000"] * 3


def test_second_try_is_told_what_is_left_of_the_whole(configured: Callable[..., Running], blog: FakeUpstream) -> None:
    async def fail_late(call: Call) -> None:
        if len(blog.requests) == 1:
            await asyncio.sleep(0.5)
            call.writer.close()
        else:
            await describe(call)

    blog.handlers[POSTS] = fail_late
    running = configured(("total_seconds: 60", "total_seconds: 1.5"))
    assert httpx.get(running.url + POSTS).status_code == 200
    first, second = (int(request.header(HEADER) or 0) for request in blog.requests)
    assert first == 1500
    assert 0 < second <= 1000


def test_body_that_is_streamed_does_not_use_up_the_time_of_the_service(
    configured: Callable[..., Running], alice_token: str, media: FakeUpstream
) -> None:
    """It is sent for longer than a try may last."""

    running = configured(("try_seconds: 60, total_seconds: 900", "try_seconds: 0.3, total_seconds: 900"))

    def parts() -> Iterator[bytes]:
        for _ in range(8):
            time.sleep(0.1)
            yield b"x" * 65536

    bearer = {"Authorization": f"Bearer {alice_token}"}
    answer = httpx.post(f"{running.url}/api/v1/media", content=parts(), headers=bearer)
    assert answer.status_code == 200
    assert media.requests[0].body_bytes == 8 * 65536
