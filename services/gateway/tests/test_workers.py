"""A gateway of two workers, as it runs: what one of them is told, the other is; and it is one gateway to who asks."""

import asyncio
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from chassis.events import transports
from chassis.events.testing import example
from chassis.testing import TokenMint
from chassis.testing.revoking import over, publish
from gateway_service.testing import ALICE, SCOPE, fake_relay
from gateway_service.testing.fake_auth import auth_handlers
from gateway_service.testing.fake_upstream import Call, FakeUpstream, describe
from gateway_service.testing.load import Load
from gateway_service.testing.raw_http import get, read_answer
from gateway_service.testing.running import Running, eventually
from uuid_utils.compat import uuid7

ME = "/api/v1/auth/users/me"
POSTS = "/api/v1/posts"
CHANGES = "/api/v2/changes"
KEPT = ("Cache-Control: public, max-age=0, s-maxage=60", "Surrogate-Key: posts")
WORKERS = 2


def status(running: Running) -> dict[str, Any]:
    said: dict[str, Any] = httpx.get(f"{running.admin_url}/status").json()
    return said


def metric(running: Running, name: str) -> float:
    """The sum of its samples."""
    page = httpx.get(f"{running.admin_url}/metrics").text
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", page, re.MULTILINE))


def wait_until_whole(running: Running) -> None:
    running.wait_until_ready()
    eventually(lambda: [each["state"] for each in status(running)["workers"]] == ["ready"] * WORKERS)


def acknowledged(running: Running) -> bool:
    """Whether all workers have taken in all that the supervisor has heard."""
    return all(each["events"] == each["acknowledged"] > 0 for each in status(running)["workers"])


def workers(running: Running) -> list[psutil.Process]:
    return [psutil.Process(each["pid"]) for each in status(running)["workers"] if each["state"] != "missing"]


@pytest.fixture
def start_workers(configured: Callable[..., Running]) -> Callable[..., Running]:
    """Start a gateway of two workers, and wait for both."""

    def start_one(*changes: tuple[str, str], **environment: str) -> Running:
        running = configured(*changes, GATEWAY_WORKERS=str(WORKERS), **environment)
        wait_until_whole(running)
        return running

    return start_one


@pytest.fixture
def running(start_workers: Callable[..., Running]) -> Running:
    return start_workers()


@pytest.fixture
def both(running: Running) -> Iterator[list[httpx.Client]]:
    """A client of each worker."""
    with ExitStack() as stack:
        yield clients_of_both(running, stack)


def clients_of_both(running: Running, stack: ExitStack, **said: Any) -> list[httpx.Client]:
    """Connections are handed out in turn, so two that are kept are of two workers."""
    eventually(lambda: not any(each["connections"] for each in status(running)["workers"]))
    clients = [stack.enter_context(httpx.Client(base_url=running.url, timeout=20, **said)) for _ in range(WORKERS)]
    for client in clients:
        client.get("/livez")
    assert [each["connections"] for each in status(running)["workers"]] == [1, 1]
    return clients


def test_log_out_is_refused_by_both_once_it_is_acknowledged(
    running: Running, both: list[httpx.Client], mint: TokenMint, events_url: str
) -> None:
    session = uuid7()
    token = mint.access(ALICE, "alice", scope=SCOPE, sid=str(session))
    for client in both:
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.get(ME).status_code == 200
    heard = status(running)["workers"][0]["events"]
    publish(transports.connect(events_url), over(session))
    eventually(lambda: status(running)["workers"][0]["events"] > heard and acknowledged(running))
    assert [client.get(ME).json()["code"] for client in both] == ["token_revoked"] * WORKERS
    assert metric(running, "gateway_workers_unacknowledged_seconds") < 10


def test_worker_that_comes_later_knows_what_was_revoked(running: Running, mint: TokenMint, events_url: str) -> None:
    session = uuid7()
    publish(transports.connect(events_url), over(session))
    eventually(lambda: acknowledged(running))
    for process in workers(running):
        process.kill()
    eventually(lambda: metric(running, "gateway_worker_exits_total") == WORKERS)
    wait_until_whole(running)
    headers = {"Authorization": f"Bearer {mint.access(ALICE, 'alice', scope=SCOPE, sid=str(session))}"}
    assert httpx.get(running.url + ME, headers=headers).json()["code"] == "token_revoked"


def test_purge_reaches_both(start_workers: Callable[..., Running], blog: FakeUpstream, tmp_path: Path) -> None:
    bus, page = f"sqlite:///{tmp_path}/bus.sqlite3", [b"before"]

    async def answer(call: Call) -> None:
        await call.answer(page[0], headers=KEPT)

    blog.handlers[POSTS] = answer
    with fake_relay.relaying(bus), ExitStack() as stack:
        running = start_workers(EVENTS_URL=bus)
        eventually(lambda: metric(running, "gateway_cache_current") >= 1)
        clients = clients_of_both(running, stack)

        def kept(outcome: str, body: bytes) -> bool:
            answers = [client.get(POSTS) for client in clients]
            return all((each.headers["X-Cache"], each.content) == (outcome, body) for each in answers)

        eventually(lambda: kept("hit", b"before"))
        page[0] = b"after"
        assert kept("hit", b"before")
        fake_relay.publish(bus, replace(example("blog.post.published.v1"), id=uuid7()))
        eventually(lambda: kept("hit", b"after"))


def test_limit_is_one_for_both(start_workers: Callable[..., Running]) -> None:
    address = "address: {by: address, requests: 6000, seconds: 60, burst: 1000, everywhere: true}"
    few = "address: {by: address, requests: 10, seconds: 86400, burst: 10, everywhere: true}"
    running = start_workers((address, few), GATEWAY_TRUSTED_PROXIES="127.0.0.1")
    with ExitStack() as stack:
        clients = clients_of_both(running, stack, headers={"X-Forwarded-For": "192.0.2.7"})
        told = [client.get(CHANGES).status_code for _ in range(10) for client in clients]
    assert (told.count(200), told.count(429)) == (10, 10)


def test_configuration_is_taken_over_by_both_or_by_none(
    start_workers: Callable[..., Running], tmp_path: Path, blog: FakeUpstream
) -> None:
    running, file = start_workers(), tmp_path / "gateway.yaml"
    text, route = file.read_text(), "  - path: /api/v2/changes\n    upstream: blog\n    methods: {GET}\n"
    assert route in text
    with ExitStack() as stack:
        clients = clients_of_both(running, stack)

        def statuses() -> list[int]:
            return [client.get(CHANGES).status_code for client in clients]

        assert statuses() == [200, 200]
        file.write_text(text.replace(route, ""))
        running.process.send_signal(signal.SIGHUP)
        running.line(event="configuration applied")
        assert statuses() == [404, 404], "once it is told as applied it is so in both"
        file.write_text(text.replace("breaker: {", "breaker: {requets: 5, "))
        running.process.send_signal(signal.SIGHUP)
        running.line(event="configuration refused, the last good one stays")
        assert statuses() == [404, 404]
        workers(running)[0].kill()
        eventually(lambda: metric(running, "gateway_worker_exits_total") == 1)
        wait_until_whole(running)
    with ExitStack() as stack:
        assert [client.get(CHANGES).status_code for client in clients_of_both(running, stack)] == [404, 404], (
            "who comes later goes by the last good one, too"
        )


def test_figures_are_those_of_the_pod_and_survive_a_worker(running: Running, both: list[httpx.Client]) -> None:
    name = "http_server_request_duration_seconds_count"
    before = metric(running, name)
    for client in both:
        for _ in range(3):
            client.get(POSTS)
    assert metric(running, name) == before + 6
    assert status(running)["keys"]["ids"] == ["test-key"]
    assert metric(running, "gateway_workers") == WORKERS
    memory = metric(running, "process_resident_memory_bytes")
    assert memory > 2 * workers(running)[0].memory_info().rss
    workers(running)[0].kill()
    eventually(lambda: metric(running, "gateway_worker_exits_total") == 1)
    wait_until_whole(running)
    assert metric(running, name) >= before + 6, "counters do not go back"


def test_killed_worker_is_replaced_and_the_other_serves_on(running: Running, blog: FakeUpstream) -> None:
    first, second = workers(running)
    with ExitStack() as stack:
        clients = clients_of_both(running, stack)
        first.kill()
        eventually(lambda: not first.is_running())
        assert [client.get(POSTS).status_code for client in clients] == [200, 200], "one of them on a new connection"
        assert httpx.get(f"{running.admin_url}/readyz").status_code == 200
    wait_until_whole(running)
    assert second.pid in {process.pid for process in workers(running)}
    assert metric(running, "gateway_worker_exits_total") == 1


def test_worker_that_does_not_answer_is_replaced(running: Running) -> None:
    stuck = workers(running)[0]
    stuck.suspend()
    eventually(lambda: metric(running, "gateway_workers_unacknowledged_seconds") > 0)
    eventually(lambda: not stuck.is_running())
    wait_until_whole(running)
    assert running.line(event="worker does not answer")["worker"] == 0


def test_stopping_under_load_fails_no_request(start_workers: Callable[..., Running], blog: FakeUpstream) -> None:
    async def slow(call: Call) -> None:
        await asyncio.sleep(0.05)
        await describe(call)

    blog.handlers[POSTS] = slow
    running = start_workers()
    served = workers(running)
    with Load(running, POSTS, clients=12) as load:
        eventually(lambda: load.answered > 100)
        running.terminate()
        eventually(lambda: httpx.get(f"{running.admin_url}/readyz").status_code == 503)
        before = load.answered
        eventually(lambda: load.answered > before + 50)
        load.stop()
    assert load.failures == []
    assert load.closing > 0
    assert running.process.wait(20) == 0
    assert not any(process.is_running() for process in served)


def test_request_under_way_is_finished_after_the_port_has_closed(
    start_workers: Callable[..., Running], blog: FakeUpstream
) -> None:
    running = start_workers(("\n  try_seconds: 2\n", "\n  try_seconds: 60\n"))
    go_on = threading.Event()

    async def late(call: Call) -> None:
        await asyncio.to_thread(go_on.wait, 60)
        await call.answer(b"late")

    blog.handlers[POSTS] = late
    with socket.create_connection(("127.0.0.1", running.port)) as client:
        client.sendall(get(POSTS))
        eventually(lambda: blog.requests)
        running.terminate()
        eventually(lambda: refused(running))
        go_on.set()
        assert read_answer(client).body == b"late"
    assert running.process.wait(20) == 0


def refused(running: Running) -> bool:
    try:
        socket.create_connection(("127.0.0.1", running.port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_workers_end_with_their_pod(running: Running) -> None:
    served = workers(running)
    running.process.kill()
    running.process.wait()
    eventually(lambda: not any(process.is_running() for process in served))


def test_workers_are_reached_by_nobody_else(running: Running) -> None:
    """Their channels have no name in the file system, nor in the abstract one, that another process could open."""
    for process in (psutil.Process(running.process.pid), *workers(running)):
        assert [each.laddr for each in process.net_connections("unix") if each.laddr] == []


def test_pod_without_a_worker_is_not_ready(start_gateway: Callable[..., Running], mint: TokenMint) -> None:
    async def nothing(call: Call) -> None:
        await call.answer(status="503 Service Unavailable")

    with FakeUpstream(auth_handlers(mint) | {"/internal/revocations": nothing}) as auth:
        running = start_gateway(AUTH_URL=auth.url, GATEWAY_WORKERS=str(WORKERS))
        eventually(lambda: fetched(f"{running.admin_url}/readyz"))
        unready = httpx.get(f"{running.admin_url}/readyz")
        assert (unready.status_code, unready.json()["checks"]["workers"]) == (503, "RuntimeError")
        assert httpx.get(f"{running.admin_url}/livez").status_code == 200
        running.wait_until_ready()


def fetched(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.TransportError:
        return False
    return True
