"""Shapes: one class, and from it the answer, its bytes, its columns and its documentation."""

import json
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from chassis.django.openapi import components_of
from chassis.django.renderers import JsonRenderer, encode
from chassis.django.shapes import Moment, Shape, Url, constant, source
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType
from rest_framework.renderers import JSONRenderer

ALICE = UUID("01930000-0000-7000-8000-000000000001")
NOON = datetime(2026, 11, 29, 13, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))


class Status(TextChoices):
    DRAFT = "draft"
    PUBLISHED = "published"


def link(slug: str) -> str:
    return f"http://localhost/{slug}"


def drafts(status: str, images: list[dict[str, Any]]) -> list[int] | UnsetType:
    return [image["position"] for image in images] if status == Status.DRAFT else UNSET


class AuthorShape(Shape):
    id: UUID
    link: Url = source("username", through=link)


class ImageShape(Shape):
    position: int


class CountsShape(Shape):
    words: int
    favourites: int = constant(0)


class PostInListShape(Shape):
    slug: str
    summary: str = source("excerpt", description="the first words")
    status: Status
    author: AuthorShape
    counts: CountsShape = source("*")
    created_at: Moment
    published_at: Moment | None
    tags: list[str]
    sizes: dict[str, Url]
    images: list[ImageShape]
    drafts: list[int] | UnsetType = source("status", "images", through=drafts)


class PostShape(PostInListShape):
    """A post in full."""

    body: str


ROW = {
    "slug": "first-light",
    "excerpt": "It was",
    "status": "published",
    "author__id": ALICE,
    "author__username": "alice",
    "words": 3,
    "created_at": NOON,
    "published_at": None,
    "tags": ["a"],
    "sizes": {"thumb": link("thumb")},
    "images": [{"position": 0}, {"position": 1}],
    "body": "It was late.",
}
ANSWER = {
    "slug": "first-light",
    "summary": "It was",
    "status": "published",
    "author": {"id": str(ALICE), "link": "http://localhost/alice"},
    "counts": {"words": 3, "favourites": 0},
    "created_at": "2026-11-29T12:00:00.123Z",
    "published_at": None,
    "tags": ["a"],
    "sizes": {"thumb": "http://localhost/thumb"},
    "images": [{"position": 0}, {"position": 1}],
    "body": "It was late.",
}


def test_a_row_becomes_the_answer_and_what_is_unset_is_left_out() -> None:
    assert json.loads(encode(PostShape.from_row(ROW))) == ANSWER
    draft = json.loads(encode(PostShape.from_row(ROW | {"status": "draft"})))
    assert draft == ANSWER | {"status": "draft", "drafts": [0, 1]}


def test_fields_are_written_in_the_order_of_the_class_those_of_its_base_first() -> None:
    written = list(json.loads(encode(PostShape.from_row(ROW | {"status": "draft"}))))
    assert written == [*(name for name in ANSWER if name != "body"), "drafts", "body"]


def test_an_instance_becomes_the_same_answer_as_its_row() -> None:
    images = [SimpleNamespace(position=0), SimpleNamespace(position=1)]
    author = SimpleNamespace(id=ALICE, username="alice")
    own = {name: value for name, value in ROW.items() if "__" not in name}
    post = SimpleNamespace(**own | {"author": author, "images": images})
    assert PostShape.from_instance(post) == PostShape.from_row(ROW)


def test_columns_are_what_a_query_has_to_read_and_the_rows_of_lists_are_not() -> None:
    assert set(PostShape.columns()) == ROW.keys() - {"images"}
    assert set(PostInListShape.columns()) == ROW.keys() - {"images", "body"}


def test_the_documentation_has_types_formats_nulls_and_descriptions() -> None:
    components = components_of(PostShape)
    post = components["PostShape"]
    uri = {"type": "string", "format": "uri"}
    assert post["description"] == "A post in full."
    assert post["properties"] == {
        "slug": {"type": "string"},
        "summary": {"type": "string", "description": "the first words"},
        "status": post["properties"]["status"],
        "author": {"$ref": "#/components/schemas/AuthorShape"},
        "counts": {"$ref": "#/components/schemas/CountsShape"},
        "created_at": {"type": "string", "format": "date-time"},
        "published_at": {"type": ["string", "null"], "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "sizes": {"type": "object", "additionalProperties": uri},
        "images": {"type": "array", "items": {"$ref": "#/components/schemas/ImageShape"}},
        "drafts": {"type": "array", "items": {"type": "integer"}},
        "body": {"type": "string"},
    }
    assert post["properties"]["status"]["enum"] == ["draft", "published"]
    assert set(post["required"]) == post["properties"].keys() - {"drafts"}
    assert components["AuthorShape"]["properties"] == {"id": {"type": "string", "format": "uuid"}, "link": uri}
    assert "description" not in components["AuthorShape"]


texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.booleans() | st.integers(-(2**63), 2**63)
values = st.recursive(
    st.none() | numbers | texts | st.datetimes(timezones=st.just(UTC)) | st.uuids(),
    lambda below: st.lists(below) | st.dictionaries(texts, below),
)


@given(values)
def test_the_bytes_are_those_of_rest_frameworks_own_renderer(value: Any) -> None:
    assert JsonRenderer().render(value) == JSONRenderer().render(value)


@pytest.mark.parametrize("value", [gettext_lazy("Late"), Status.DRAFT, "end\u2028of\u2029line", {"a": [], "b": {}}])
def test_what_is_no_plain_value_is_written_as_by_rest_framework_too(value: Any) -> None:
    asked = "application/json; indent=2"
    assert JsonRenderer().render(value) == JSONRenderer().render(value)
    assert JsonRenderer().render(value, asked) == JSONRenderer().render(value, asked)
