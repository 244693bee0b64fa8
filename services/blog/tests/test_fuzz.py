"""Whatever a client sends, it is never our fault: no answer is 5xx."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from blog_service.testing import Caller, Neighbours
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
POST = "v1/posts/first-light"
COMMENTS = f"{POST}/comments"
PATHS = ["v1/posts", POST, "v1/tags", "v1/authors/alice", "v2/posts", "v2/posts/by-slug/first-light", COMMENTS]
NAMES = ["title", "body", "tags", "images", "published", "slug", "media", "caption", "alt", "position"]
NAMES += ["parent", "reason", "comments_open"]
PARAMETERS = ["mine", "author", "tag", "ordering", "page", "page_size", "limit", "cursor", "published_at__gte", "x\0"]

ANY_TEXT = st.text(st.characters(), max_size=40)  # surrogates and NUL are characters to JSON
NUMBERS = st.one_of(st.integers(), st.integers(10**60, 10**61), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, ANY_TEXT),
    lambda below: st.one_of(
        st.lists(below, max_size=4), st.dictionaries(st.one_of(st.sampled_from(NAMES), ANY_TEXT), below, max_size=4)
    ),
    max_leaves=12,
)
BODIES = st.one_of(
    st.dictionaries(st.sampled_from(NAMES), VALUES).map(lambda value: json.dumps(value).encode()),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
)


@pytest.mark.parametrize(("method", "path"), [("POST", "v1/posts"), ("PUT", POST), ("PATCH", POST), ("POST", COMMENTS)])
@EXAMPLES
@given(body=BODIES)
def test_any_body(alice: Caller, neighbours: Neighbours, method: str, path: str, body: bytes) -> None:
    if alice.get(POST).status == 404:
        alice.writes(published=True)
    assert alice.call(method, path, body).status < 500


@pytest.mark.parametrize("path", PATHS)
@EXAMPLES
@given(
    query=st.dictionaries(
        st.one_of(st.sampled_from(PARAMETERS), st.text(max_size=8)),
        st.one_of(st.text(max_size=30), NUMBERS.map(str), st.datetimes().map(str), st.booleans().map(str)),
        max_size=3,
    )
)
def test_any_query(charlie: Caller, path: str, query: dict[str, str]) -> None:
    assert charlie.get(f"{path}?{urlencode(query)}").status < 500


@EXAMPLES
@given(raw=st.binary(max_size=40))
def test_any_bytes_in_a_query(charlie: Caller, raw: bytes) -> None:
    for name in ("cursor", "author", "published_at__lte"):
        assert charlie.get(f"v2/posts?{name}={quote(raw)}").status < 500


@pytest.mark.parametrize(
    "prefix", ["v1/posts/", "v1/authors/", "v2/posts/", "v2/posts/by-slug/", "v2/authors/", "v1/comments/"]
)
@EXAMPLES
@given(segment=st.one_of(st.text(max_size=30).map(quote), st.binary(max_size=30).map(quote)))
def test_any_path(alice: Caller, prefix: str, segment: str) -> None:
    assert alice.get(prefix + segment).status < 500
    assert alice.delete(prefix + segment).status < 500


@EXAMPLES
@given(header=st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60))
def test_any_authorization(charlie: Caller, header: str) -> None:
    assert charlie.get("v1/posts", Authorization=header).status < 500


def test_markdown_of_any_kind_is_stored_and_shown(alice: Caller) -> None:
    @EXAMPLES
    @given(body=st.text(st.sampled_from("a*_`[](){}<>!#-+|\n \\&;:/\"'\u202e🙂é"), max_size=200))
    def holds(body: Any) -> None:
        assert alice.post("v1/posts", {"title": "t", "body": body}).status == 201

    holds()
