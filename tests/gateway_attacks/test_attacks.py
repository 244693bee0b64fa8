"""Each row gets its answer, nothing of it reaches a service, and the gateway serves on."""

import json

import pytest
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.raw_http import exchange
from gateway_service.testing.running import Running

from tests.gateway_attacks import callers, framing, targets
from tests.gateway_attacks.rows import Row, get

REFUSED = [*framing.ROWS, *targets.ROWS, *callers.TOKENS]


def test_table_is_long_enough_and_names_each_row_once() -> None:
    names = [str(row) for row in REFUSED]
    assert len(names) == len(set(names))
    assert len(names) + len(callers.HEADERS) + len(callers.ORIGINS) >= 300


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_request_is_refused_and_reaches_nobody(gateway: Running, services: FakeUpstream, row: Row) -> None:
    answer = exchange(gateway.port, row.request, wait=10)
    assert answer.status == row.status, answer.data
    assert json.loads(answer.body)["code"] == row.code
    assert "content-type: application/problem+json" in answer.head
    assert not services.requests
    assert exchange(gateway.port, get()).status == 200


@pytest.mark.parametrize("row", framing.ROWS, ids=str)
def test_connection_with_a_badly_framed_request_ends(gateway: Running, services: FakeUpstream, row: Row) -> None:
    answer = exchange(gateway.port, row.request + get(path="/api/v1/tags"), wait=10)
    assert answer.status == row.status
    assert "connection: close" in answer.head
    assert answer.data.count(b"HTTP/1.1 ") == 1
    assert not services.requests


@pytest.mark.parametrize(
    ("name", "request_"), callers.HEADERS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_claims_to_be_somebody_reaches_nobody(
    gateway: Running, services: FakeUpstream, name: str, request_: bytes
) -> None:
    assert exchange(gateway.port, request_).status == 200
    (seen,) = services.requests
    assert "planted" not in str(seen)


@pytest.mark.parametrize("origin", callers.ORIGINS)
@pytest.mark.parametrize("headers", [(), ("Access-Control-Request-Method: GET",)], ids=["request", "preflight"])
def test_page_of_another_origin_may_read_nothing(gateway: Running, origin: str, headers: tuple[str, ...]) -> None:
    asked = get(f"Origin: {origin}", *headers)
    answer = exchange(gateway.port, asked.replace(b"GET", b"OPTIONS", 1) if headers else asked)
    assert "access-control-allow-origin" not in answer.head
    assert "access-control-allow-credentials" not in answer.head
    assert "vary:" in answer.head
