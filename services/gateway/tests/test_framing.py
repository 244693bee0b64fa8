import socket
from collections.abc import Callable

import pytest
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.raw_http import RawAnswer, exchange, get
from gateway_service.testing.running import Running

POSTS, ME = "/api/v1/posts", "/api/v2/me"
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
        GATEWAY_CLIENT_SECRET="t" * 40,
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
        b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        b"Content-Length:\r\n\r\n",
        b"X-Control: a\x01b\r\nContent-Length: 0\r\n\r\n",
        b"X-No-Colon\r\nContent-Length: 0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n",
        b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
def test_badly_framed_body_is_400(gateway: Running, auth: FakeUpstream, framing: bytes) -> None:
    answer = exchange(gateway.port, LOGIN + framing)
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert "connection: close" in answer.head
    assert not auth.requests


@pytest.mark.parametrize("beginning", [b"5;extension=", b"5\r\nhello\r\n0\r\nTrailer: "])
def test_framing_without_content_is_bounded(gateway: Running, beginning: bytes) -> None:
    answer = exchange(
        gateway.port, LOGIN + b"Transfer-Encoding: chunked\r\n\r\n" + beginning, b"a" * 40_000, b"a", pause=0.1
    )
    assert (answer.status, code(answer)) == (400, "header_invalid")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /api/v1/posts HTTP/1.1\nHost: a\n\n",
        b"GET /api/v1/posts HTTP/1.1\nHost: a\r\n\r\n",
        b"GET /api/v1/posts HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
        b"GET /api/v1/posts HTTP/1.1\r\nHost: a\r\nX: b\r\n\n",
        b"\nGET /api/v1/posts HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /api/v1/posts HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
        b"GET /api/v1/posts HTTP/1.1\rHost: a\r\n\r\n",
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n",
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\n\n",
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\n\r\n",
    ],
)
def test_bare_line_feed_or_carriage_return_is_400(gateway: Running, blog: FakeUpstream, request_bytes: bytes) -> None:
    answer = exchange(gateway.port, request_bytes)
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert not blog.requests


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 44\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 44\r\n",
    ],
)
def test_length_beside_chunks_smuggles_nothing(gateway: Running, blog: FakeUpstream, headers: bytes) -> None:
    """Refused, and the connection ends, so that what follows is no second request (RFC 9112, 6.3)."""
    smuggled = b"0\r\n\r\nGET /api/v1/posts HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = exchange(gateway.port, LOGIN + headers + b"\r\n" + smuggled)
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert "connection: close" in answer.head
    assert answer.data.count(b"HTTP/1.1") == 1
    assert not blog.requests


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"\x16\x03\x01\x02",  # a TLS client that waits to be answered
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/0.9\r\n\r\n",
        b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / RTSP/1.0\r\nHost: a\r\n\r\n",
        b"GET /?a=\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_at_once(gateway: Running, request_bytes: bytes) -> None:
    answer = exchange(gateway.port, request_bytes)
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert "connection: close" in answer.head


def test_malformed_request_is_logged_and_counted_as_any_other(gateway: Running) -> None:
    request_id = exchange(gateway.port, b"GET / HTTP/9.9\r\n\r\n").head.partition("x-request-id: ")[2][:32]
    line = gateway.line(request_id=request_id)
    assert (line["status"], line["code"], line["method"]) == (400, "header_invalid", "_OTHER")


def test_livez_answers_whatever_host_says(start_gateway: Callable[..., Running]) -> None:
    running = start_gateway(
        ENVIRONMENT="production", GATEWAY_CLIENT_SECRET="t" * 40, PUBLIC_URL="https://broadsheet.example"
    )
    running.wait_until_ready()
    for request in (get("/livez", host="10.0.0.7:8000"), get("/livez", host="?"), b"GET /livez HTTP/1.0\r\n\r\n"):
        answer = exchange(running.port, request)
        assert (answer.status, answer.body) == (200, b'{"status": "ok"}')
    assert exchange(running.port, get("/livez", method="POST", host="10.0.0.7")).status == 421
    assert exchange(running.port, get("/livez/", host="broadsheet.example")).status == 404
    assert not running.lines(event="request", status=200)


def test_websockets_are_refused(gateway: Running, blog: FakeUpstream) -> None:
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    answer = exchange(gateway.port, get(POSTS, *upgrade, "Sec-WebSocket-Version: 13"))
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert not blog.requests


def test_connect_reaches_nothing(gateway: Running, blog: FakeUpstream) -> None:
    answer = exchange(gateway.port, b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n")
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert not blog.requests


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/api/v1/posts",
        "http://a.evil.example/api/v1/posts",
        "http://user@a/api/v1/posts",
        "http://a:8000/api/v1/posts",
        "http:///api/v1/posts",
        "ftp://a/api/v1/posts",
        "a/api/v1/posts",
        "/api/v1/posts?q=1#part",
    ],
)
def test_target_of_another_authority_or_form_is_400(gateway: Running, blog: FakeUpstream, target: str) -> None:
    answer = exchange(gateway.port, get(target, host="a"))
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert not blog.requests


@pytest.mark.parametrize("hosts", [b"", b"Host: a\r\nHost: a\r\n", b"Host: a\r\nHost: evil.example\r\n"])
def test_absolute_target_needs_one_host_too(gateway: Running, blog: FakeUpstream, hosts: bytes) -> None:
    answer = exchange(gateway.port, b"GET http://a/api/v1/posts HTTP/1.1\r\n" + hosts + b"\r\n")
    assert (answer.status, code(answer)) == (400, "header_invalid")
    assert not blog.requests


def test_absolute_target_of_the_same_authority_is_its_path(gateway: Running, blog: FakeUpstream) -> None:
    for target, host in (("http://a/api/v1/posts?q=1", "a"), ("HTTP://A:80/api/v1/posts?q=1", "a")):
        assert exchange(gateway.port, get(target, host=host)).status == 200
    assert exchange(gateway.port, get("http://a", host="a")).status == 200  # the front page
    assert [seen.target for seen in blog.requests] == [f"{POSTS}?q=1"] * 2


def test_query_passes_as_it_was_sent(gateway: Running, blog: FakeUpstream) -> None:
    request = f"GET {POSTS}?q=%C3%BC&ü= HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    assert exchange(gateway.port, request).status == 200
    assert blog.requests[0].target.encode("latin-1") == f"{POSTS}?q=%C3%BC&ü=".encode()


def test_pipelined_requests_are_answered_in_order(gateway: Running, auth: FakeUpstream, blog: FakeUpstream) -> None:
    """Also behind bodies, empty lines and an offer to upgrade; none waits for another's bytes or takes them."""
    requests = [
        get(f"{POSTS}?n=1"),
        LOGIN + b"Content-Length: 7\r\n\r\n\r\n\r\none",
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\n7\r\n\r\n\r\ntwo\r\n0\r\nTrailer: x\r\n\r\n",
        b"\r\n\r\n" + get(f"{POSTS}?n=2", "Connection: Upgrade", "Upgrade: h2c"),
        get(f"{POSTS}?n=3", "Connection: close"),
        get(f"{POSTS}?n=4"),
    ]
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        connection.sendall(b"".join(requests))
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    assert data.count(b"HTTP/1.1 200") == data.count(b"HTTP/1.1") == 5
    assert [seen.target for seen in blog.requests] == [f"{POSTS}?n={number}" for number in (1, 2, 3)]
    assert [seen.body_bytes for seen in auth.requests] == [7, 7]
    order = [b"n=1", rb"\r\n\r\none", rb"\r\n\r\ntwo", b"n=2", b"n=3"]
    assert sorted(order, key=data.index) == order


def test_pipelined_requests_have_each_its_own_caller(gateway: Running, auth: FakeUpstream, alice_token: str) -> None:
    """The same headers but for the token, and the same token but for the path."""
    stranger, alice = get(ME), get(ME, f"Authorization: Bearer {alice_token}")
    forged = get(ME, f"Authorization: Bearer {alice_token[:-4]}AAAA")
    sent = [stranger, alice, stranger, alice, alice, forged, alice, get(ME, "Connection: close")]
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        connection.sendall(b"".join(sent))
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    statuses = [int(each[:3]) for each in data.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200 if each is alice else 401 for each in sent]
    assert len(auth.requests) == sent.count(alice)


def test_request_in_single_bytes_is_one_request(gateway: Running, auth: FakeUpstream) -> None:
    request = LOGIN + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    answer = exchange(gateway.port, *(request[at : at + 1] for at in range(len(request))), pause=0.001)
    assert answer.status == 200
    assert [seen.body_bytes for seen in auth.requests] == [5]
