import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from gateway_service.testing.fake_upstream import Call, FakeUpstream, describe
from gateway_service.testing.raw_http import get, read_answer
from gateway_service.testing.running import Running, eventually, free_port
from gateway_service.upstreams.body import SMALL_BYTES

POSTS = "/api/v1/posts"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_service_that_is_down_is_503_whatever_was_asked(
    start_gateway: Callable[..., Running], alice_token: str
) -> None:
    running = start_gateway(BLOG_URL=f"http://127.0.0.1:{free_port()}")
    running.wait_until_ready()
    bearer = {"Authorization": f"Bearer {alice_token}"}
    for answer in (httpx.get(running.url + POSTS), httpx.post(running.url + POSTS, json={}, headers=bearer)):
        assert code(answer) == (503, "upstream_unreachable")
        assert answer.headers["Retry-After"] == "1"
    tried_again = 'gateway_upstream_retries_total{upstream="blog"} 2.0'
    assert tried_again in httpx.get(f"{running.admin_url}/metrics").text, "nothing was sent, so any method may"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", (502, "upstream_invalid")),
        (b"HTTP/1.1 abc\r\n\r\n", (502, "upstream_invalid")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", (502, "upstream_invalid")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", (502, "upstream_invalid")),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n", (502, "upstream_invalid")),
        (b"", (502, "upstream_invalid")),
    ],
)
def test_unreadable_answer_is_502(
    stranger: httpx.Client, blog: FakeUpstream, said: bytes, expected: tuple[int, str]
) -> None:
    async def nonsense(call: Call) -> None:
        await call.send(said)
        call.writer.close()

    blog.handlers[POSTS] = nonsense
    assert code(stranger.get(POSTS)) == expected


def test_silent_service_is_504_and_cut(stranger: httpx.Client, blog: FakeUpstream) -> None:
    async def silent(call: Call) -> None:
        await call.left()

    blog.handlers[POSTS] = silent
    answer = stranger.get(POSTS)
    assert code(answer) == (504, "upstream_timeout")
    eventually(lambda: blog.requests[0].cut)


def test_whole_exchange_has_a_deadline(
    start_gateway: Callable[..., Running], configuration: Path, tmp_path: Path, blog: FakeUpstream
) -> None:
    """An upstream that drips is never silent for long, and still has to end."""

    async def drip(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await call.send(b"1\r\nx\r\n")
            assert call.writer.transport.get_write_buffer_size() == 0

    blog.handlers[POSTS] = drip
    path = tmp_path / "short.yaml"
    path.write_text(configuration.read_text().replace("total_seconds: 60", "total_seconds: 1"))
    running = start_gateway(GATEWAY_CONFIG=str(path))
    running.wait_until_ready()
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(running.url + POSTS, timeout=10)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_idempotent_request_is_sent_again_when_the_connection_fails(
    alice: httpx.Client, blog: FakeUpstream, method: str
) -> None:
    async def fail_once(call: Call) -> None:
        if len(blog.requests) == 1:
            call.writer.close()
            return
        await describe(call)

    path = "/api/v1/posts/first-light"
    blog.handlers[path] = fail_once
    answer = alice.request(method, path, content=b"{}" if method == "PUT" else None)
    assert answer.status_code == 200
    assert answer.json()["body"] == ("{}" if method == "PUT" else "")
    assert len(blog.requests) == 2


def test_other_requests_are_sent_once(alice: httpx.Client, blog: FakeUpstream) -> None:
    async def fail(call: Call) -> None:
        call.writer.close()

    blog.handlers[POSTS] = fail
    assert code(alice.post(POSTS, json={})) == (502, "upstream_invalid")
    assert len(blog.requests) == 1


@pytest.mark.parametrize("streams", ["true", "false"])
def test_streamed_body_is_sent_once(
    start_gateway: Callable[..., Running],
    configuration: Path,
    alice: httpx.Client,
    blog: FakeUpstream,
    streams: str,
) -> None:
    """It is gone: what was passed on is not kept. One that is whole is at hand for a second time."""

    async def fail(call: Call) -> None:
        call.writer.close()

    path = "/api/v1/posts/first-light"
    blog.handlers[path] = fail
    route = "path: /api/v1/posts/{slug}\n"
    file = configuration.with_name(f"streams-{streams}.yaml")
    file.write_text(configuration.read_text().replace(route, f"{route}    stream_body: {streams}\n"))
    running = start_gateway(GATEWAY_CONFIG=str(file))
    running.wait_until_ready()
    answer = httpx.put(f"{running.url}{path}", content=b"x" * (SMALL_BYTES + 1), headers=alice.headers)
    assert code(answer) == (502, "upstream_invalid")
    assert len(blog.requests) == (1 if streams == "true" else 2)


def test_unreadable_answer_is_not_asked_for_again(alice: httpx.Client, blog: FakeUpstream) -> None:
    async def nonsense(call: Call) -> None:
        await call.send(b"HTTP/1.1 abc\r\n\r\n")
        call.writer.close()

    blog.handlers[POSTS] = nonsense
    assert code(alice.get(POSTS)) == (502, "upstream_invalid")
    assert len(blog.requests) == 1


def test_retry_is_not_repeated(alice: httpx.Client, blog: FakeUpstream) -> None:
    async def fail(call: Call) -> None:
        call.writer.close()

    blog.handlers[POSTS] = fail
    assert code(alice.get(POSTS)) == (502, "upstream_invalid")
    assert len(blog.requests) == 2


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_second_answer_reaches_nobody(stranger: httpx.Client, blog: FakeUpstream, method: str) -> None:
    async def talkative(call: Call) -> None:
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        await call.send(answer + b"first" + answer + b"wrong")

    blog.handlers[POSTS] = talkative
    answer = stranger.request(method, POSTS)
    assert (answer.status_code, answer.content) == (200, b"first" if method == "GET" else b"")
    before = blog.connections
    assert stranger.get("/api/v1/tags").json()["target"] == "/api/v1/tags"
    assert blog.connections == before + 1


def test_connection_is_not_used_again_behind_an_early_answer(
    gateway: Running, alice_token: str, alice: httpx.Client, media: FakeUpstream
) -> None:
    """What is still to come of the body would be the beginning of the next request."""

    async def refuse(call: Call) -> None:
        await call.answer(b"{}", status="415 Unsupported Media Type")
        await call.left()

    media.handlers["/api/v1/media"] = refuse
    head = f"POST /api/v1/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {alice_token}\r\n"
    total = 200_000
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        connection.sendall(f"{head}Content-Length: {total}\r\n\r\n".encode() + b"x" * (total - 1))
        assert read_answer(connection).status == 415
        assert alice.get("/api/v2/assets").status_code == 200
        eventually(lambda: media.requests[0].cut)


def test_connection_is_not_used_again_whose_client_has_left(
    gateway: Running, stranger: httpx.Client, blog: FakeUpstream
) -> None:
    go_on = threading.Event()

    async def answer_late(call: Call) -> None:
        await asyncio.to_thread(go_on.wait)
        await call.answer(b"for who has left")

    blog.handlers["/api/v1/posts"] = answer_late
    try:
        with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
            connection.sendall(get("/api/v1/posts", "X-Request-ID: left-early-2"))
            eventually(lambda: blog.requests)
        gateway.line(request_id="left-early-2", status=499)
        answer = stranger.get("/api/v1/tags")
        assert (answer.status_code, answer.json()["target"]) == (200, "/api/v1/tags")
    finally:
        go_on.set()


def test_informational_answers_are_between_service_and_gateway(stranger: httpx.Client, blog: FakeUpstream) -> None:
    async def early_hints(call: Call) -> None:
        await call.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        await call.answer(b"{}")

    blog.handlers[POSTS] = early_hints
    answer = stranger.get(POSTS)
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert "link" not in answer.headers


def test_answer_that_ends_with_its_connection_is_whole(stranger: httpx.Client, blog: FakeUpstream) -> None:
    async def old_fashioned(call: Call) -> None:
        await call.send(b"HTTP/1.0 200 OK\r\n\r\nall of it")
        call.writer.close()

    blog.handlers[POSTS] = old_fashioned
    assert stranger.get(POSTS).text == "all of it"
