"""Event types and envelopes."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from chassis.events import envelope
from chassis.events.envelope import SIZE_LIMIT, EventRefused, EventUndecodable
from chassis.events.types import EventData, event
from chassis.logging import bind_request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chassis import tracing
from tests.support.events import ArticlePrinted, printed

ARTICLE = UUID(int=7)
AT = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC)


def article(title: str = "First light") -> ArticlePrinted:
    return ArticlePrinted(article_id=ARTICLE, title=title)


def test_envelope_is_cloudevents_with_our_extensions() -> None:
    bind_request(request_id="request-1234")
    with tracing.span("work", parent=f"00-{'a' * 32}-{'b' * 16}-01", state="vendor=1"):
        made = envelope.create(article(), sequence=3, actor=ARTICLE, at=AT)
    assert json.loads(envelope.encode(made)) == {
        "specversion": "1.0",
        "id": str(made.id),
        "source": "/press",
        "type": "press.article.printed.v1",
        "subject": f"article/{ARTICLE}",
        "time": "2026-11-23T10:00:00.123Z",
        "dataschema": "urn:broadsheet:event:press.article.printed.v1",
        "datacontenttype": "application/json",
        "sequence": 3,
        "partitionkey": str(ARTICLE),
        "actor": str(ARTICLE),
        "correlationid": "request-1234",
        "traceparent": made.traceparent,
        "tracestate": "vendor=1",
        "data": {"article_id": str(ARTICLE), "title": "First light"},
    }
    assert made.id.version == 7
    assert tracing.parse(made.traceparent)


@given(title=st.text(st.characters(codec="utf-8")), sequence=st.integers(0, 2**31))
def test_what_is_encoded_is_decoded_to_the_same(title: str, sequence: int) -> None:
    made = envelope.create(article(title), sequence=sequence)
    assert envelope.decode(envelope.encode(made)) == made


@given(st.binary())
def test_any_bytes_are_an_event_or_refused(body: bytes) -> None:
    with pytest.raises(EventUndecodable):
        envelope.decode(body)


@pytest.mark.parametrize("missing", ["specversion", "id", "source", "type", "subject", "time", "sequence", "data"])
def test_envelope_without_an_attribute_is_refused_by_name(missing: str) -> None:
    attributes = json.loads(envelope.encode(printed()))
    del attributes[missing]
    with pytest.raises(EventUndecodable, match=missing):
        envelope.decode(json.dumps(attributes).encode())


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("id", "7"),
        ("time", "noon"),
        ("sequence", "1"),
        ("sequence", True),
        ("sequence", 2**63),
        ("data", []),
        ("specversion", "0.3"),
        ("tracestate", 1),
        ("type", 7),
        ("partitionkey", ""),
        ("partitionkey", "k" * 256),
        ("partitionkey", "a\0b"),
        ("partitionkey", "\ud800"),
        ("source", "/blog"),
        ("source", "press"),
        ("source", ["/press"]),
    ],
)
def test_envelope_with_a_senseless_attribute_is_refused(attribute: str, value: Any) -> None:
    attributes = json.loads(envelope.encode(printed())) | {attribute: value}
    with pytest.raises(EventUndecodable):
        envelope.decode(json.dumps(attributes).encode())


def test_envelope_in_another_encoding_is_refused() -> None:
    with pytest.raises(EventUndecodable):
        envelope.decode(envelope.encode(printed()).decode().encode("utf-16"))


def test_event_over_the_limit_is_refused_with_its_size() -> None:
    with pytest.raises(EventRefused, match=f"too large, .* {SIZE_LIMIT} are allowed"):
        envelope.encode(envelope.create(article("x" * SIZE_LIMIT), sequence=1))


@pytest.mark.parametrize("sequence", [-1, 1.5, "1", None, True, 2**63])
def test_event_with_a_senseless_sequence_is_refused(sequence: Any) -> None:
    with pytest.raises(EventRefused, match="sequence"):
        envelope.create(article(), sequence=sequence)


@pytest.mark.parametrize(
    ("fields", "named"),
    [({"title": "x"}, "article_id"), ({"article_id": ARTICLE, "title": "x", "colour": 1}, "colour")],
)
def test_malformed_data_is_refused_with_the_field_named(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        ArticlePrinted(**fields)


def test_event_without_its_key_is_refused_with_the_field_named() -> None:
    @event("press.page.torn.v1", aggregate="page", id_field="page_id", key_field="issue_id")
    class PageTorn(EventData):
        page_id: UUID
        issue_id: str | None

    with pytest.raises(EventRefused, match="issue_id is empty"):
        envelope.create(PageTorn(page_id=ARTICLE, issue_id=None), sequence=1)
    with pytest.raises(EventRefused, match="issue_id must be at most 255"):
        envelope.create(PageTorn(page_id=ARTICLE, issue_id="4" * 256), sequence=1)
    assert envelope.create(PageTorn(page_id=ARTICLE, issue_id="42"), sequence=1).partition_key == "42"


@pytest.mark.parametrize(
    "name", ["press", "press.printed", "Press.article.v1", "press.article.v0", "press.article.v1 "]
)
def test_event_type_must_have_a_proper_name(name: str) -> None:
    with pytest.raises(ValueError, match="not an event type"):
        event(name, aggregate="article", id_field="article_id")


def test_event_type_must_be_identified_by_a_field_it_has() -> None:
    with pytest.raises(ValueError, match="no field 'page_id'"):
        event("press.page.torn.v1", aggregate="page", id_field="page_id")(ArticlePrinted)


def test_replayed_copy_is_flagged_and_caused_by_the_original() -> None:
    original = printed()
    copy = envelope.replayed(original)
    assert (copy.replay, copy.causation_id, copy.data) == (True, str(original.id), original.data)
    assert copy.id != original.id
    assert envelope.decode(envelope.encode(copy)) == copy
