"""Calls between services."""

import threading
import time
from io import BytesIO

import pytest
from chassis.internal_client import InternalClient, InternalNotFound, InternalUnavailable
from chassis.logging import bind_request
from chassis.service_credentials import Credentials, CredentialsUnavailable, ServiceToken
from chassis.testing import LocalServer

from chassis import tracing

CREDENTIALS = Credentials(lambda: ServiceToken("the-token", 600))


@pytest.fixture
def client(http_server: LocalServer) -> InternalClient:
    return InternalClient(http_server.url, CREDENTIALS)


def test_get_gives_the_decoded_answer(client: InternalClient, http_server: LocalServer) -> None:
    http_server.reply = lambda _request: (200, b'{"assets": []}')
    assert client.get_json("/internal/assets", {"ids": "a,b"}) == {"assets": []}
    (request,) = http_server.requests
    assert request.path == "/internal/assets?ids=a%2Cb"
    assert request.headers["authorization"] == "Bearer the-token"


def test_post_sends_json(client: InternalClient, http_server: LocalServer) -> None:
    http_server.reply = lambda _request: (204, b"")
    assert client.post_json("/internal/purge", {"id": "a"}) is None
    (request,) = http_server.requests
    assert (request.method, request.body) == ("POST", b'{"id": "a"}')
    assert request.headers["content-type"] == "application/json"


def test_request_id_and_trace_are_passed_on(client: InternalClient, http_server: LocalServer) -> None:
    bind_request(request_id="req-12345678")
    with tracing.span("work"):
        client.get_json("/internal/users")
        trace_id = tracing.current_ids()["trace_id"]
    (request,) = http_server.requests
    assert request.headers["x-request-id"] == "req-12345678"
    assert trace_id in request.headers["traceparent"]


def test_missing_is_told_apart(client: InternalClient, http_server: LocalServer) -> None:
    http_server.reply = lambda _request: (404, b"{}")
    with pytest.raises(InternalNotFound):
        client.get_json("/internal/users/alice")


@pytest.mark.parametrize("answer", [(500, b"{}"), (401, b"{}"), (302, b""), (200, b"<html>"), (200, b"\xff")])
def test_anything_else_is_unavailable(
    client: InternalClient, http_server: LocalServer, answer: tuple[int, bytes]
) -> None:
    http_server.reply = lambda _request: answer
    with pytest.raises(InternalUnavailable):
        client.get_json("/internal/users")


def test_silence_is_unavailable_in_time(http_server: LocalServer) -> None:
    given_up = threading.Event()
    http_server.reply = lambda _request: (200 if given_up.wait(5) else 500, b"{}")
    client = InternalClient(http_server.url, CREDENTIALS, timeout=0.1)
    begun = time.monotonic()
    with pytest.raises(InternalUnavailable):
        client.get_json("/internal/users")
    assert time.monotonic() - begun < 2
    given_up.set()


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(InternalUnavailable):
        InternalClient("http://127.0.0.1:9", CREDENTIALS).get_json("/internal/users")


@pytest.mark.parametrize(("challenge", "asked"), [('Bearer error="invalid_token"', 2), ('Bearer error="other"', 1)])
def test_a_refused_token_is_replaced_once(http_server: LocalServer, challenge: str, asked: int) -> None:
    """Its key may have been withdrawn; a wrong password, refused with 401 too, is not tried again."""
    issued = iter(["first", "second"])
    client = InternalClient(http_server.url, Credentials(lambda: ServiceToken(next(issued), 600)))
    http_server.reply = lambda _request: (401, b"{}")
    http_server.headers = {"WWW-Authenticate": challenge}
    with pytest.raises(InternalUnavailable, match="answered 401"):
        client.post_json("/internal/users", {})
    shown = [request.headers["authorization"] for request in http_server.requests]
    assert shown == ["Bearer first", "Bearer second"][:asked]


@pytest.mark.parametrize(("challenge", "sent"), [('Bearer error="invalid_token"', 2), ('Bearer error="other"', 1)])
def test_a_file_is_sent_again_only_with_another_token(http_server: LocalServer, challenge: str, sent: int) -> None:
    issued = iter(["first", "second"])
    client = InternalClient(http_server.url, Credentials(lambda: ServiceToken(next(issued), 600)))
    http_server.reply = lambda _request: (401, b"{}")
    http_server.headers = {"WWW-Authenticate": challenge}
    assert client.put_file("/internal/assets/a", BytesIO(b"picture"), 7, {}) == (401, {})
    shown = [(request.headers["authorization"], request.body) for request in http_server.requests]
    assert shown == [("Bearer first", b"picture"), ("Bearer second", b"picture")][:sent]


def test_without_a_token_nobody_is_asked(http_server: LocalServer) -> None:
    def refuse() -> ServiceToken:
        raise CredentialsUnavailable("auth answered 503")

    with pytest.raises(InternalUnavailable, match="CredentialsUnavailable"):
        InternalClient(http_server.url, Credentials(refuse)).get_json("/internal/users")
    assert not http_server.requests


def test_lines_come_decoded_one_by_one(client: InternalClient, http_server: LocalServer) -> None:
    http_server.reply = lambda _request: (200, b'["a", {"n": 1}]\n["a", {"n": 2}]\n')
    assert list(client.get_lines("/internal/exports/a")) == [["a", {"n": 1}], ["a", {"n": 2}]]
    assert http_server.requests[0].headers["authorization"] == "Bearer the-token"


@pytest.mark.parametrize("answer", [(500, b"{}"), (200, b'["a", {"n": 1}]\n["a", {"n"'), (200, b"\xff")])
def test_lines_that_break_off_are_unavailable(
    client: InternalClient, http_server: LocalServer, answer: tuple[int, bytes]
) -> None:
    http_server.reply = lambda _request: answer
    with pytest.raises(InternalUnavailable):
        list(client.get_lines("/internal/exports/a"))


def test_an_answer_cut_short_is_unavailable(client: InternalClient, http_server: LocalServer) -> None:
    http_server.reply = lambda _request: (200, b'["a", {"n": 1}]\n')
    http_server.headers = {"Content-Length": "40"}
    with pytest.raises(InternalUnavailable):
        list(client.get_lines("/internal/exports/a"))
