"""The committed contract: what the code says, and what the answers are."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from blog_service.posts.selectors import post_get
from blog_service.posts.v2.shapes import PostInListV2Shape
from blog_service.testing import Caller, Neighbours
from chassis.django.openapi import documented
from chassis.django.renderers import encode
from chassis.django.shapes import Moment, source
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

CONTRACT = Path(__file__).parents[3] / "contracts" / "openapi" / "blog.json"
TEMPLATES = {
    "v1/posts": "/api/v1/posts",
    "v1/posts/first-light": "/api/v1/posts/{slug}",
    "v1/tags": "/api/v1/tags",
    "v1/authors/alice": "/api/v1/authors/{username}",
    "v2/posts": "/api/v2/posts",
    "v2/posts/by-slug/first-light": "/api/v2/posts/by-slug/{slug}",
}


@pytest.fixture
def contract() -> dict[str, Any]:
    return json.loads(CONTRACT.read_text())  # type: ignore[no-any-return]


def test_the_contract_is_what_the_code_says(contract: dict[str, Any]) -> None:
    generated = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert json.loads(json.dumps(generated)) == contract, "broadsheet blog openapi > contracts/openapi/blog.json"


@pytest.mark.parametrize("path", TEMPLATES)
def test_answers_have_the_fields_of_the_contract_and_no_others(
    alice: Caller, neighbours: Neighbours, contract: dict[str, Any], path: str
) -> None:
    images = [{"media": str(neighbours.has_asset(alice))}]
    alice.writes(tags=["t"], images=images, published=True)
    operation = contract["paths"][TEMPLATES[path]]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    answer = alice.get(path).body
    Draft202012Validator(_closed(contract) | schema).validate(answer)


def _closed(node: Any) -> Any:
    """The same schemas, with nothing allowed that they do not name."""
    if isinstance(node, dict):
        closed = {name: _closed(below) for name, below in node.items()}
        return closed | {"additionalProperties": False} if "properties" in node else closed
    return [_closed(item) for item in node] if isinstance(node, list) else node


class DatedShape(PostInListV2Shape):
    created: Moment = source("created_at")


def test_one_line_adds_a_field_to_the_answer_to_its_documentation_and_to_its_query(alice: Caller) -> None:
    post = alice.writes(published=True)
    row = post_get(UUID(post["id"]), None, DatedShape.columns())
    assert json.loads(encode(DatedShape.from_row(row)))["created"] == post["created_at"]
    documentation = documented(DatedShape)["DatedShape"]["properties"]["created"]
    assert documentation == {"type": "string", "format": "date-time"}
