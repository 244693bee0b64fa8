from collections.abc import Callable

import pytest
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.raw_http import RawAnswer, exchange, get
from gateway_service.testing.running import Running

POSTS = "/api/v1/posts"
LOGIN = b"POST /api/v1/auth/jwt/create HTTP/1.1\r\nHost: localhost\r\n"


def code(answer: RawAnswer) -> str:
    return answer.body.partition(b'"code": "')[2].partition(b'"')[0].decode()


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"Host:\r\n",
        b"Host: a\r\nHost: a\r\n",
        b"Host: a\r\nHost: b\r\n",
        b"Host: a b\r\n",
        b"Host: a/b\r\n",
        b"Host: user@a\r\n",
        b"Host: a:port\r\n",
    ],
)
def test_missing_doubled_or_odd_host_is_400(gateway: Running, blog: FakeUpstream, lines: bytes) -> None:
    answer = exchange(gateway.port, b"GET /api/v1/posts HTTP/1.1\r\n" + lines + b"\r\n")
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert "x-request-id" in answer.head
    assert not blog.requests


def test_any_host_is_served_in_development(gateway: Running) -> None:
    for host in ("other.example", "[::1]:8000", "a_b.example:1"):
        assert exchange(gateway.port, get(POSTS, host=host)).status == 200


def test_unknown_host_is_421_in_production(start_gateway: Callable[..., Running]) -> None:
    running = start_gateway(
        ENVIRONMENT="production",
        SERVICE_TOKEN="t" * 40,
        PUBLIC_URL="https://broadsheet.example",
        GATEWAY_HOSTS="gateway.internal, 2001:db8::1, [::1]",
    )
    running.wait_until_ready()
    for host in (
        "broadsheet.example",
        "BROADSHEET.example:443",
        "gateway.internal:8000",
        "[2001:db8::1]:8000",
        "[::1]",
    ):
        assert exchange(running.port, get(POSTS, host=host)).status == 200
    for host in ("evil.example", "broadsheet.example.evil.example", "127.0.0.1"):
        answer = exchange(running.port, get(POSTS, host=host))
        assert (answer.status, code(answer)) == (421, "header_invalid")


@pytest.mark.parametrize("name", ["Authorization", "Origin", "Content-Type"])
def test_header_that_must_be_one_is_refused_twice(gateway: Running, name: str) -> None:
    answer = exchange(gateway.port, get(POSTS, f"{name}: a", f"{name}: a"))
    assert (answer.status, code(answer)) == (400, "header_invalid")


def test_request_line_over_8_kilobytes(gateway: Running, blog: FakeUpstream) -> None:
    assert exchange(gateway.port, get(f"{POSTS}?q={'a' * 8000}")).status == 200
    for path in (f"{POSTS}?q={'a' * 8200}", f"{POSTS}/{'a' * 8200}", f"/{'a' * 60000}"):
        answer = exchange(gateway.port, get(path))
        assert (answer.status, code(answer)) == (414, "uri_too_long")
    assert len(blog.requests) == 1


def test_headers_over_16_kilobytes_or_100_fields(gateway: Running, blog: FakeUpstream) -> None:
    assert exchange(gateway.port, get(POSTS, f"X-Long: {'a' * 15000}")).status == 200
    assert exchange(gateway.port, get(POSTS, *(f"X-{number}: 1" for number in range(95)))).status == 200
    answer = exchange(gateway.port, get(POSTS, f"X-Long: {'a' * 17000}"))
    assert (answer.status, code(answer)) == (431, "header_invalid")
    assert exchange(gateway.port, get(POSTS, *(f"X-{number}: 1" for number in range(101)))).status == 431
    assert len(blog.requests) == 2


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"Content-Length: 5, 5\r\n\r\nhello",
        b"Content-Length: +5\r\n\r\nhello",
        b"Content-Length: -1\r\n\r\nhello",
        b"Content-Length: 0x5\r\n\r\nhello",
        b"Transfer-Encoding: identity\r\n\r\nhello",
        b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\nhello\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        b"X-Null: a\x00b\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_badly_framed_body_is_400(gateway: Running, framing: bytes) -> None:
    answer = exchange(gateway.port, LOGIN + framing)
    assert answer.status == 400


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 44\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 44\r\n",
    ],
)
def test_length_beside_chunks_smuggles_nothing(gateway: Running, blog: FakeUpstream, headers: bytes) -> None:
    """Chunks win and the connection ends, so that what follows is no second request (RFC 9112, 6.3)."""
    smuggled = b"0\r\n\r\nGET /api/v1/posts HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = exchange(gateway.port, LOGIN + headers + b"\r\n" + smuggled)
    assert "connection: close" in answer.head
    assert answer.data.count(b"HTTP/1.1") == 1
    assert not blog.requests


@pytest.mark.parametrize(
    "request_bytes",
    [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\n"],
)
def test_what_is_no_http_is_closed(gateway: Running, request_bytes: bytes) -> None:
    assert exchange(gateway.port, request_bytes).status in {0, 400}


def test_websockets_are_refused(gateway: Running, blog: FakeUpstream) -> None:
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    answer = exchange(gateway.port, get(POSTS, *upgrade, "Sec-WebSocket-Version: 13"))
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert not blog.requests


def test_connect_and_absolute_forms_reach_nothing_else(gateway: Running, blog: FakeUpstream) -> None:
    assert exchange(gateway.port, b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n").status in {0, 400}
    assert exchange(gateway.port, b"GET http://evil.example/api/v1/posts HTTP/1.1\r\nHost: a\r\n\r\n").status == 200
    assert [seen.target for seen in blog.requests] == [POSTS]


def test_pipelined_requests_are_answered_in_order(gateway: Running, blog: FakeUpstream) -> None:
    answer = exchange(gateway.port, get("/one") + get("/two"), wait=1)
    assert answer.status == 404
