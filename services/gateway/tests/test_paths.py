import re

import pytest
from gateway_service.chain.canonical import canonical_path
from gateway_service.refusals import Refusal
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.raw_http import exchange, get
from gateway_service.testing.running import Running
from hypothesis import given
from hypothesis import strategies as st

AMBIGUOUS = [
    "/api/v1/posts/..",
    "/api/v1/posts/../tags",
    "/api/v1/./posts",
    "/api/v1//posts",
    "//api/v1/posts",
    "/api/v1/posts/a%2fb",
    "/api/v1/posts/a%2Fb",
    "/api/v1/posts/%2e%2e/x",
    "/api/v1/posts/%2E",
    "/api/v1/posts/a%2ejpg",
    "/api/v1/posts/.%2e",
    "/api/v1/posts/a\\b",
    "/api/v1/posts/a%5cb",
    "/api/v1/posts/a%00b",
    "/api/v1/posts/a%0d%0ab",
    "/api/v1/posts/a;x=1",
    "/api/v1/posts;x=1",
    "/api/v1/posts/a%3bx",
    "/api/v1/posts/a%252e%252e",
    "/api/v1/posts/a%",
    "/api/v1/posts/a%4",
    "/api/v1/posts/a%zz",
    "/api/v1/posts/%ff",
    "/api/v1/posts/%c0%ae",
    "/api/v1/posts/a%7f",
    "/api/v1/posts/é",
    "*",
]


@pytest.mark.parametrize("path", AMBIGUOUS)
def test_ambiguous_path_is_refused(gateway: Running, blog: FakeUpstream, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    answer = exchange(gateway.port, request)
    assert answer.status == 400
    assert b'"path_ambiguous"' in answer.body
    (vary,) = re.findall("^vary: (.+)$", answer.head, re.MULTILINE)
    assert "origin" in vary.strip().split(", ")
    assert not blog.requests


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/api/v1/posts/", "/api/v1/posts"),
        ("/api/v1/posts/%66irst", "/api/v1/posts/first"),
        ("/api/v1/posts/caf%c3%a9/", "/api/v1/posts/caf%C3%A9"),
        ("/api/v1/posts/a%20b", "/api/v1/posts/a%20b"),
        ("/api/v1/posts/...", "/api/v1/posts/..."),
        ("/api/v1/posts/a:b@c+d,e", "/api/v1/posts/a:b@c+d,e"),
    ],
)
def test_path_is_forwarded_in_one_spelling(gateway: Running, blog: FakeUpstream, path: str, canonical: str) -> None:
    assert exchange(gateway.port, get(path)).status == 200
    assert [seen.target for seen in blog.requests] == [canonical]


def test_prefixed_version_cannot_be_spelled_otherwise(gateway: Running, blog: FakeUpstream) -> None:
    assert exchange(gateway.port, get("/%61pi/v1/posts")).status == 200
    assert exchange(gateway.port, get("/API/v1/posts")).status == 404
    assert [seen.target for seen in blog.requests] == ["/api/v1/posts"]


@given(st.binary(max_size=40).map(lambda tail: b"/" + tail))
def test_canonical_form_is_stable(raw: bytes) -> None:
    """What is accepted stays as it is when it comes again, and holds nothing that could be read in two ways."""
    try:
        path = canonical_path(raw)
    except Refusal:
        return
    assert canonical_path(path.encode()) == path
    assert not {".", ".."} & set(path.split("/"))
    assert "//" not in path
    assert "\\" not in path
