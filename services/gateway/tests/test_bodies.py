import select
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from gateway_service.refusals import Refusal
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.raw_http import exchange, get, read_answer
from gateway_service.testing.running import Running, eventually
from gateway_service.upstreams.body import Budget

MEGABYTE = 2**20
LIMIT = 2 * MEGABYTE
POSTS = "/api/v1/posts"
MEDIA = "/api/v1/media"
LOGIN = "/api/v1/auth/jwt/create"


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
    assert not blog.requests


def test_upload_has_a_limit_of_its_own(alice: httpx.Client, media: FakeUpstream) -> None:
    assert alice.post(MEDIA, content=b"x" * (50 * MEGABYTE)).json()["bytes"] == 50 * MEGABYTE
    assert alice.post(MEDIA, content=b"x" * (56 * MEGABYTE)).status_code == 413


FORM = {"Content-Type": 'Multipart/form-data; boundary="b"'}


def test_form_may_be_longer_where_it_brings_files(alice: httpx.Client, blog: FakeUpstream) -> None:
    size = 80 * MEGABYTE  # more than bodies may be held of
    assert alice.post(POSTS, content=b"x" * size, headers=FORM).json()["bytes"] == size
    assert alice.post(POSTS, content=chunks(size), headers=FORM).json()["bytes"] == size
    before = len(blog.requests)
    assert alice.post(POSTS, content=chunks(101 * MEGABYTE), headers=FORM).status_code == 413
    assert alice.post(f"{POSTS}/first-light/publish", content=b"x" * (LIMIT + 1), headers=FORM).status_code == 413
    assert all(seen.body_bytes <= 100 * MEGABYTE for seen in blog.requests[before:])


def test_length_is_kept_and_chunked_bodies_get_one(alice: httpx.Client) -> None:
    """WSGI servers read no body whose length they are not told."""
    for content in (b"x" * 100, b"x" * MEGABYTE, chunks(100), chunks(3000, size=100), chunks(MEGABYTE)):
        headers = dict(alice.post(POSTS, content=content).json()["headers"])
        assert "content-length" in headers
        assert "transfer-encoding" not in headers
    assert dict(alice.post(MEDIA, content=chunks(MEGABYTE)).json()["headers"])["transfer-encoding"] == "chunked"


def begun(running: Running, path: str, token: str, length: int, sent: int, *, client: str = "") -> socket.socket:
    """A connection on which a body has begun; ``client`` is whose address a trusted proxy would tell."""
    connection = socket.create_connection(("127.0.0.1", running.port), timeout=10)
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    told = f"X-Forwarded-For: {client}\r\n" if client else ""
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\n{authorization}{told}Content-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + b"x" * sent)
    return connection


def test_service_is_not_asked_before_the_body_is_whole(gateway: Running, alice_token: str, blog: FakeUpstream) -> None:
    with begun(gateway, POSTS, alice_token, MEGABYTE, MEGABYTE // 2) as connection:
        assert exchange(gateway.port, get(POSTS)).status == 200
        assert [seen.method for seen in blog.requests] == ["GET"]
        connection.sendall(b"x" * (MEGABYTE // 2))
        assert read_answer(connection).status == 200
    assert blog.requests[-1].body_bytes == MEGABYTE


def test_many_slow_bodies_keep_no_service_busy(gateway: Running, auth: FakeUpstream) -> None:
    with ExitStack() as slow:
        for _ in range(20):
            slow.enter_context(begun(gateway, LOGIN, "", 1000, 10))
        assert httpx.post(f"{gateway.url}{LOGIN}", content=b"{}").status_code == 200
        assert len(auth.requests) == 1


def test_auth_takes_16_kilobytes(stranger: httpx.Client, auth: FakeUpstream) -> None:
    assert stranger.post(LOGIN, content=b"x" * 16384).status_code == 200
    answer = stranger.post(LOGIN, content=b"x" * 16385)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_body_that_trickles_is_408(gateway: Running, auth: FakeUpstream) -> None:
    head = f"POST {LOGIN} HTTP/1.1\r\nHost: a\r\nContent-Length: 16000\r\n\r\n".encode()
    answer = exchange(gateway.port, head, *[b"x" * 100] * 12, pause=0.15, wait=10)
    assert answer.status == 408
    assert b"bytes a second" in answer.body
    assert not auth.requests


OF_ALICE, OF_BOB = "198.51.100.1", "198.51.100.2"


class Crowded:
    """A gateway with 16 MB for bodies, of clients behind a proxy that it trusts."""

    def __init__(self, running: Running, token: str) -> None:
        self.running, self._token, self._begun = running, token, ExitStack()

    def begin(self, client: str) -> None:
        """The longest body there may be, nearly all of which comes at once, and the rest never does."""
        self._begun.enter_context(begun(self.running, POSTS, self._token, LIMIT, LIMIT - 100, client=client))

    def end(self) -> None:
        self._begun.close()

    def post(self, client: str, size: int) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}", "X-Forwarded-For": client}
        return httpx.post(f"{self.running.url}{POSTS}", content=b"x" * size, headers=headers)

    def log_in(self, client: str) -> int:
        headers = {"X-Forwarded-For": client}
        return httpx.post(f"{self.running.url}{LOGIN}", content=b"{}", headers=headers).status_code

    def refusal(self, client: str, status: int) -> httpx.Response | None:
        """What a long body gets, once what was begun has come and takes the room for it."""
        answer = self.post(client, LIMIT)
        return answer if answer.status_code == status else None


@pytest.fixture
def crowded(start_gateway: Callable[..., Running], configuration: Path, alice_token: str) -> Iterator[Crowded]:
    file = configuration.with_name("bodies.yaml")
    text = configuration.read_text().replace("body_idle_seconds: 1", "body_idle_seconds: 60")
    file.write_text(text.replace("bodies_bytes: 67108864", f"bodies_bytes: {16 * MEGABYTE}"))
    running = start_gateway(GATEWAY_CONFIG=str(file), GATEWAY_TRUSTED_PROXIES="127.0.0.1")
    running.wait_until_ready()
    crowded = Crowded(running, alice_token)
    yield crowded
    crowded.end()


def test_bodies_that_arrive_share_their_memory(crowded: Crowded, blog: FakeUpstream) -> None:
    for number in range(7):
        crowded.begin(f"203.0.113.{number}")
    refused = eventually(lambda: crowded.refusal(OF_ALICE, 503))
    assert refused
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("bodies_full", "1")
    assert crowded.log_in(OF_ALICE) == 200
    assert crowded.post(OF_ALICE, 64 * 1024).status_code == 200
    crowded.end()
    eventually(lambda: crowded.post(OF_ALICE, LIMIT).status_code == 200)


@pytest.mark.parametrize(("one", "other"), [(OF_BOB, OF_BOB), ("2001:db8::1", "2001:db8::2")])
def test_no_address_takes_the_memory_of_all(crowded: Crowded, blog: FakeUpstream, one: str, other: str) -> None:
    crowded.begin(one)
    refused = eventually(lambda: crowded.refusal(other, 429))
    assert refused
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("bodies_full", "1")
    assert crowded.post(OF_ALICE, LIMIT).status_code == 200
    assert crowded.log_in(other) == 200
    crowded.end()
    eventually(lambda: crowded.post(other, LIMIT).status_code == 200)


def test_a_single_body_may_take_more_than_an_address_has() -> None:
    budget = Budget(100_000)
    budget.take(OF_BOB, 50_000, 80_000)
    budget.take(OF_BOB, 30_000, 80_000)
    with pytest.raises(Refusal) as refused:
        budget.take(OF_BOB, 1, 1)
    assert (refused.value.status, refused.value.code) == (429, "bodies_full")
    budget.give_back(OF_BOB, 80_000)
    budget.take(OF_BOB, 1, 1)


def test_nothing_is_left_of_addresses_whose_bodies_are_gone() -> None:
    budget = Budget(100_000)
    before = repr(vars(budget))
    for count in (0, 10_000):
        budget.take(OF_BOB, count, count)
        budget.give_back(OF_BOB, count)
    assert repr(vars(budget)) == before


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


@pytest.mark.parametrize("path", [POSTS, MEDIA])
def test_body_that_comes_by_the_byte_is_408(
    gateway: Running, alice_token: str, blog: FakeUpstream, media: FakeUpstream, path: str
) -> None:
    """Never silent for long, and still too slow: one that is held until it is whole, and one that is passed on."""
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {alice_token}\r\nContent-Length: 100000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(head.encode())
        answered = False
        for _ in range(60):
            connection.sendall(b"x")
            if answered := bool(select.select([connection], [], [], 0.2)[0]):
                break
        assert answered
        answer = read_answer(connection)
    assert answer.status == 408
    assert b"request_timeout" in answer.body
    assert not any(seen.body_complete for seen in (*blog.requests, *media.requests))
    eventually(lambda: all(seen.cut for seen in media.requests))


def test_answer_before_the_end_of_the_body_is_passed_on(alice: httpx.Client, media: FakeUpstream) -> None:
    async def refuse(call: Call) -> None:
        await call.answer(
            b'{"code":"unsupported_media_type"}', status="415 Unsupported", headers=("Connection: close",)
        )
        call.writer.write_eof()
        await call.left()  # to close with bytes unread may take the answer back (RFC 9112, 9.6)

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
