"""For how long the answer to a request is waited for."""

import threading
from collections.abc import Iterator

import pytest
from chassis.internal_client import InternalClient, InternalUnavailable
from chassis.request_scope import request_scope
from chassis.service_credentials import Credentials, ServiceToken
from chassis.testing import LocalServer

from chassis import deadline


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    deadline.end()


def client(server: LocalServer) -> InternalClient:
    return InternalClient(server.url, Credentials(lambda: ServiceToken("the-token", 600)), timeout=5)


def test_request_brings_its_time_and_takes_it_away() -> None:
    with request_scope("GET", {"x-request-timeout-ms": "2000"}.get):
        left = deadline.seconds_left()
        assert left is not None
        assert 0 < left <= 2
    assert deadline.seconds_left() is None


@pytest.mark.parametrize("header", [None, "", "soon", "-1", "1.5", "\u0662", "9" * 5000])
def test_what_is_no_number_says_nothing(header: str | None) -> None:
    deadline.begin(header)
    assert deadline.seconds_left() is None


def test_time_is_over_in_the_end() -> None:
    deadline.begin("0")
    assert deadline.seconds_left() == 0


def test_call_lasts_no_longer_than_it_is_waited_for(http_server: LocalServer) -> None:
    def late(_request: object) -> tuple[int, bytes]:
        answered.wait()
        return 200, b"{}"

    answered = threading.Event()
    http_server.reply = late
    deadline.begin("200")
    with pytest.raises(InternalUnavailable, match="Timeout"):
        client(http_server).get_json("/internal/users")
    answered.set()
    (request,) = http_server.requests
    assert 0 < int(request.headers["x-request-timeout-ms"]) <= 200


def test_nobody_is_called_when_nobody_waits(http_server: LocalServer) -> None:
    deadline.begin("0")
    with pytest.raises(InternalUnavailable, match="nobody waits"):
        client(http_server).get_json("/internal/users")
    assert not http_server.requests


def test_other_service_is_told(http_server: LocalServer) -> None:
    http_server.reply = lambda _request: (200, b"{}")
    client(http_server).get_json("/internal/users")
    assert http_server.requests[0].headers["x-request-timeout-ms"] == "5000"
