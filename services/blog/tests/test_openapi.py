"""The committed contract is what the code says; that answers are as it says, the client of every test holds."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from blog_service.posts.selectors import post_get
from blog_service.posts.v2.shapes import PostInListV2Shape
from blog_service.testing import Caller
from chassis.django.openapi import components_of
from chassis.django.renderers import encode
from chassis.django.shapes import Moment, source
from drf_spectacular.generators import SchemaGenerator

CONTRACT = Path(__file__).parents[3] / "contracts" / "openapi" / "blog.json"


@pytest.fixture
def contract() -> dict[str, Any]:
    return json.loads(CONTRACT.read_text())  # type: ignore[no-any-return]


def test_the_contract_is_what_the_code_says(contract: dict[str, Any]) -> None:
    generated = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert json.loads(json.dumps(generated)) == contract, "broadsheet blog openapi > contracts/openapi/blog.json"


class DatedShape(PostInListV2Shape):
    created: Moment = source("created_at")


def test_one_line_adds_a_field_to_the_answer_to_its_documentation_and_to_its_query(alice: Caller) -> None:
    post = alice.writes(published=True)
    row = post_get(UUID(post["id"]), None, DatedShape.columns())
    assert json.loads(encode(DatedShape.from_row(row)))["created"] == post["created_at"]
    documentation = components_of(DatedShape)["DatedShape"]["properties"]["created"]
    assert documentation == {"type": "string", "format": "date-time"}
