"""What a service answers is framed as strictly as what a client asks: else one could get what is another's."""

import httpx
import pytest
from gateway_service.testing.fake_upstream import Call, FakeUpstream, Handler
from gateway_service.testing.raw_http import exchange, get
from gateway_service.testing.running import Running

POSTS = "/api/v1/posts"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def saying(answer: bytes, *, close: bool = False) -> Handler:
    """A handler that says this and listens on, or closes."""

    async def handler(call: Call) -> None:
        await call.send(answer)
        if close:
            call.writer.close()

    return handler


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        OK + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"Content-Length: 5, 5\r\n\r\nhello",
        OK + b"Content-Length: +5\r\n\r\nhello",
        OK + b"Content-Length: -1\r\n\r\nhello",
        OK + b"Content-Length: 0x5\r\n\r\nhello",
        OK + b"Content-Length:\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: identity\r\n\r\nhello",
        OK + b"Transfer-Encoding: xchunked\r\n\r\nhello",
        OK + b"Transfer-Encoding : chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        OK + b"X: a\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\nhello",
        OK + b"X: a\rY: b\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"X: a\x00b\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"X: a\r\n b\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"X-No-Colon\r\nContent-Length: 5\r\n\r\nhello",
        CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"5 \r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"5\nhello\r\n0\r\n\r\n",
        CHUNKED + b"3\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"5;" + b"x" * 70_000 + b"\r\nhello\r\n0\r\n\r\n",
        b"HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/0.9 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1  200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 600 Odd\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 099 Odd\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 2000 + OK + b"Content-Length: 5\r\n\r\nhello",
        OK + b"X: " + b"x" * 70_000 + b"\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
def test_ambiguous_answer_is_502(stranger: httpx.Client, blog: FakeUpstream, answer: bytes) -> None:
    blog.handlers[POSTS] = saying(answer, close=True)
    refused = stranger.get(POSTS)
    assert (refused.status_code, refused.json()["code"]) == (502, "upstream_invalid"), refused.content


@pytest.mark.parametrize("rest", [b"x", OK, b"\x00"])
@pytest.mark.parametrize("answer", [OK + b"Content-Length: 5\r\n\r\nhello", CHUNKED + b"5\r\nhello\r\n0\r\n\r\n"])
def test_connection_with_bytes_left_over_is_not_used_again(
    stranger: httpx.Client, blog: FakeUpstream, answer: bytes, rest: bytes
) -> None:
    blog.handlers[POSTS] = saying(answer + rest)
    assert stranger.get(POSTS).text == "hello"
    before = blog.connections
    assert stranger.get("/api/v1/tags").status_code == 200
    assert blog.connections == before + 1


def test_trailers_without_end_make_no_whole_answer(gateway: Running, blog: FakeUpstream) -> None:
    """Its beginning may be on its way by then: cut, if it is not 502."""
    blog.handlers[POSTS] = saying(CHUNKED + b"5\r\nhello\r\n0\r\nX: " + b"x" * 70_000 + b"\r\n\r\n")
    answer = exchange(gateway.port, get(POSTS))
    assert answer.status == 502 or (answer.closed and not answer.data.endswith(b"0\r\n\r\n"))


def test_trailers_of_an_answer_are_dropped(stranger: httpx.Client, blog: FakeUpstream) -> None:
    blog.handlers[POSTS] = saying(CHUNKED + b"5\r\nhello\r\n0\r\nX-Request-ID: other\r\nX-Late: 1\r\n\r\n")
    answer = stranger.get(POSTS)
    assert answer.text == "hello"
    assert "x-late" not in answer.headers
