"""Whatever comes: never a 500, and nothing is forwarded that is not listed."""

import re

from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.raw_http import exchange
from gateway_service.testing.running import Running
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEGMENT = r"[^/]+"
LISTED = re.compile(
    rf"/api/v1/(auth/(users|users/me|profiles/{SEGMENT}|jwt/(create|refresh|verify)|logout|sessions(/{SEGMENT})?)"
    rf"|posts(/{SEGMENT}(/(publish|unpublish))?)?|tags|authors/{SEGMENT}|media(/{SEGMENT}(/content)?)?)"
    rf"|/api/v2/(sessions(/{SEGMENT})?|me|posts(/{SEGMENT}|/by-slug/{SEGMENT})?)"
    rf"|/\.well-known/jwks\.json|/m/{SEGMENT}/{SEGMENT}"
)
WORDS = [
    "api",
    "v1",
    "v2",
    "posts",
    "auth",
    "users",
    "me",
    "m",
    "media",
    "internal",
    "admin",
    "..",
    ".",
    "%2e",
    "%2f",
    "",
]
PATHS = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=6).map(lambda words: "/" + "/".join(words)),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30).map(lambda text: "/" + text),
    st.text(max_size=10).map(lambda text: "/api/v1/posts/" + text),
)
NAMES = st.sampled_from(
    [
        *("Authorization", "Origin", "Accept", "API-Version", "X-Request-ID", "traceparent", "Connection", "Cookie"),
        *("Content-Type", "Expect", "TE", "Upgrade", "X_Odd", "X-Forwarded-For", "Access-Control-Request-Method"),
    ]
)
VALUES = st.binary(max_size=30).map(lambda raw: re.sub(rb"[\r\n]", b" ", raw))
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(METHODS, PATHS, st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_anything_gets_a_clear_answer(
    gateway: Running, blog: FakeUpstream, method: str, path: str, headers: list[tuple[str, bytes]]
) -> None:
    head = f"{method} {path} HTTP/1.1\r\nHost: a\r\n".encode()
    lines = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers)
    answer = exchange(gateway.port, head + lines + b"\r\n", wait=1)
    assert answer.status in {0, *range(200, 500)}, answer.data[:500]
    if "content-type: application/problem+json" in answer.head:
        assert "x-request-id: " in answer.head
        assert "vary: " in answer.head
    for seen in blog.requests:
        assert LISTED.fullmatch(seen.target.partition("?")[0]), seen.target
