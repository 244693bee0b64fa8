import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
from gateway_service.testing.fake_upstream import Call, FakeUpstream, describe
from gateway_service.testing.load import Load
from gateway_service.testing.running import Running, eventually

POSTS = "/api/v1/posts"


def test_stopping_under_load_fails_no_request(start_gateway: Callable[..., Running], blog: FakeUpstream) -> None:
    """As behind a load balancer: who sees that the gateway is no longer ready sends it nothing more."""

    async def slow(call: Call) -> None:
        await asyncio.sleep(0.05)
        await describe(call)

    blog.handlers[POSTS] = slow
    running = start_gateway()
    running.wait_until_ready()
    with Load(running, POSTS, clients=12) as load:
        eventually(lambda: load.answered > 100)
        running.terminate()
        eventually(lambda: httpx.get(f"{running.admin_url}/readyz").status_code == 503)
        before = load.answered
        eventually(lambda: load.answered > before + 50)  # still served, while others take note
        load.stop()
    assert load.failures == []
    assert load.closing > 0
    assert running.process.wait(10) == 0


def test_request_under_way_is_finished_after_the_port_has_closed(
    start_gateway: Callable[..., Running], blog: FakeUpstream
) -> None:
    go_on = threading.Event()

    async def slow(call: Call) -> None:
        await asyncio.to_thread(go_on.wait)
        await describe(call)

    blog.handlers[POSTS] = slow
    running = start_gateway()
    running.wait_until_ready()
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(httpx.get(running.url + POSTS, timeout=20)))
    asking.start()
    try:
        eventually(lambda: blog.requests)
        running.terminate()
        eventually(lambda: refused(running))
    finally:
        go_on.set()
    asking.join()
    assert answers[0].status_code == 200
    assert running.process.wait(10) == 0


def test_stop_is_quick_when_nothing_is_under_way_and_never_longer_than_set(
    start_gateway: Callable[..., Running], blog: FakeUpstream
) -> None:
    async def never(call: Call) -> None:
        await call.left()

    idle = start_gateway()
    idle.wait_until_ready()
    with httpx.Client(base_url=idle.url) as client:  # a connection that is kept and not used
        client.get(POSTS)
        began = time.monotonic()
        assert idle.stop() == 0
    assert time.monotonic() - began < 10  # half of what it may take

    blog.handlers[POSTS] = never
    busy = start_gateway(DRAIN_SECONDS="2")
    busy.wait_until_ready()
    blog.requests.clear()
    asking = threading.Thread(target=ask_in_vain, args=(busy,))
    asking.start()
    eventually(lambda: blog.requests)
    began = time.monotonic()
    assert busy.stop() == 0
    assert time.monotonic() - began < 10
    asking.join()


def refused(running: Running) -> bool:
    try:
        httpx.get(f"{running.url}/nothing")
    except httpx.TransportError:
        return True
    return False


def ask_in_vain(running: Running) -> None:
    with suppress(httpx.TransportError):
        httpx.get(running.url + POSTS, timeout=30)
