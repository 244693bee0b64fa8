import socket
from collections.abc import Iterator

import httpx
import pytest
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.raw_http import exchange, read_answer
from gateway_service.testing.running import Running, eventually

MEGABYTE = 2**20
LIMIT = 2 * MEGABYTE
POSTS = "/api/v1/posts"
MEDIA = "/api/v1/media"


def chunks(total: int, size: int = 65536) -> Iterator[bytes]:
    """A body without a length: httpx sends it in chunks."""
    while total > 0:
        yield b"x" * min(size, total)
        total -= size


def test_body_up_to_the_limit_passes(alice: httpx.Client) -> None:
    assert alice.post(POSTS, content=b"x" * LIMIT).json()["bytes"] == LIMIT
    assert alice.post(POSTS, content=chunks(LIMIT)).json()["bytes"] == LIMIT


@pytest.mark.parametrize("size", [LIMIT + 1, 20 * MEGABYTE])
def test_longer_body_is_413_by_its_length(alice: httpx.Client, blog: FakeUpstream, size: int) -> None:
    answer = alice.post(POSTS, content=b"x" * size)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert not blog.requests


@pytest.mark.parametrize("size", [LIMIT + 1, 20 * MEGABYTE])
def test_longer_body_is_413_in_chunks_too(alice: httpx.Client, blog: FakeUpstream, size: int) -> None:
    answer = alice.post(POSTS, content=chunks(size))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    eventually(lambda: all(seen.cut for seen in blog.requests))
    assert not any(seen.body_complete for seen in blog.requests)


def test_upload_has_a_limit_of_its_own(alice: httpx.Client, media: FakeUpstream) -> None:
    assert alice.post(MEDIA, content=b"x" * (50 * MEGABYTE)).json()["bytes"] == 50 * MEGABYTE
    assert alice.post(MEDIA, content=b"x" * (56 * MEGABYTE)).status_code == 413


def test_length_is_kept_and_small_chunked_bodies_get_one(alice: httpx.Client) -> None:
    """WSGI servers read no body whose length they are not told."""
    for content in (b"x" * 100, b"x" * MEGABYTE, chunks(100), chunks(3000, size=100)):
        headers = dict(alice.post(POSTS, content=content).json()["headers"])
        assert "content-length" in headers
        assert "transfer-encoding" not in headers
    assert dict(alice.post(POSTS, content=chunks(MEGABYTE)).json()["headers"])["transfer-encoding"] == "chunked"


def test_get_with_a_body_passes(alice: httpx.Client) -> None:
    assert alice.request("GET", POSTS, content=b"odd").json()["body"] == "odd"


def test_expect_continue_is_answered_before_the_body(gateway: Running, alice_token: str, media: FakeUpstream) -> None:
    head = f"POST {MEDIA} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {alice_token}\r\nContent-Length: 100000\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        connection.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"x" * 100000)
        assert read_answer(connection).status == 200
    assert media.requests[0].body_bytes == 100000
    assert "expect" not in media.requests[0].names()


def test_refusal_comes_instead_of_continue(gateway: Running, media: FakeUpstream) -> None:
    head = f"POST {MEDIA} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n"
    answer = exchange(gateway.port, head.encode())
    assert answer.status == 401
    assert not media.requests


def test_refusal_survives_a_client_that_first_sends_everything(gateway: Running, media: FakeUpstream) -> None:
    """Closing at once would reset the connection under a client that does not look up until it has sent all."""
    head = f"POST {MEDIA} HTTP/1.1\r\nHost: a\r\nContent-Length: {8 * MEGABYTE}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(head.encode())
        for _ in range(8):
            connection.sendall(b"x" * MEGABYTE)
        answer = read_answer(connection)
    assert answer.status == 401
    assert b"token_missing" in answer.body
    assert not media.requests


@pytest.mark.parametrize("length", [1000, 1_000_000])
def test_body_that_stops_arriving_is_408(gateway: Running, alice_token: str, blog: FakeUpstream, length: int) -> None:
    head = (
        f"POST {POSTS} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {alice_token}\r\nContent-Length: {length}\r\n\r\n"
    )
    answer = exchange(gateway.port, head.encode() + b"x" * 500, wait=10)
    assert answer.status == 408
    assert b"request_timeout" in answer.body
    assert not any(seen.body_complete for seen in blog.requests)


def test_answer_before_the_end_of_the_body_is_passed_on(alice: httpx.Client, media: FakeUpstream) -> None:
    async def refuse(call: Call) -> None:
        await call.answer(
            b'{"code":"unsupported_media_type"}', status="415 Unsupported", headers=("Connection: close",)
        )
        call.writer.close()

    media.handlers[MEDIA] = refuse
    answer = alice.post(MEDIA, content=b"x" * (20 * MEGABYTE))
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_client_that_leaves_while_sending_cuts_the_upstream(
    gateway: Running, alice_token: str, media: FakeUpstream
) -> None:
    head = f"POST {MEDIA} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {alice_token}\r\nContent-Length: 9000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.sendall(head.encode() + b"x" * 200_000)
        eventually(lambda: media.requests and media.requests[0].body_bytes)
    eventually(lambda: media.requests[0].cut)
    assert not media.requests[0].body_complete
