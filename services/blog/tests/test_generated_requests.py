"""Requests that schemathesis makes of the OpenAPI document, some as it says and some not: no answer is a 500.

The client of the tests holds every answer to the contract: status, type and body. Strangers and an author ask; the
author has a post, a comment and a webhook, by whose ids and names some of the requests are made.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from blog_service.testing import Caller, Neighbours
from chassis.django.testing import ApiResponse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

DOCUMENT = json.loads((Path(__file__).parents[3] / "contracts/openapi/blog.json").read_text())
DERANDOMIZED = "CI" in os.environ  # what is red there is red again here, with CI=1
Operation = APIOperation[Any, Any, Any, Any]
OPERATIONS: dict[str, Operation] = {
    found.ok().label: found.ok()
    for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
    if isinstance(found, Ok)
}


@pytest.fixture
def known(alice: Caller, neighbours: Neighbours) -> Mapping[str, str]:
    """What is there, by the names that paths have for it."""
    neighbours.has_account(alice)
    post = alice.writes(published=True, tags=["ink"], images=[{"media": str(neighbours.has_asset(alice))}])
    comment = alice.post(f"v1/posts/{post['slug']}/comments", {"body": "Well said."}).body
    preview = alice.post(f"v2/posts/{post['id']}/preview-links", {}).body
    return {
        "post_id": post["id"],
        "slug": post["slug"],
        "image_id": post["images"][0]["id"],
        "comment_id": comment["id"],
        "link_id": preview["id"],
        "token": preview["url"].rpartition("/")[2],
        "username": "alice",
        "author_id": str(alice.id),
        "name": "ink",
        "tag_id": str(alice.get("v2/tags").body["items"][0]["id"]),
        "number": "1",
    }


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@settings(
    derandomize=DERANDOMIZED,
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_every_answer_is_one_that_the_contract_has(
    alice: Caller, known: Mapping[str, str], operation: Operation, data: Any
) -> None:
    case = data.draw(st.sampled_from(GenerationMode).flatmap(operation.as_strategy))
    if data.draw(st.booleans()):
        case.path_parameters = {**(case.path_parameters or {}), **_of(case, known)}
    for caller in (alice, Caller("charlie")):
        answer = send(caller, case)
        assert answer.status < 500, (case.method, case.path, case.path_parameters, case.query, case.body, answer)


def _of(case: Case[Any], known: Mapping[str, str]) -> dict[str, str]:
    return {name: known[name] for name in case.path_parameters or {} if name in known}


def send(caller: Caller, case: Case[Any]) -> ApiResponse:
    prepared = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    headers = {name: str(value) for name, value in prepared.headers.items() if name not in {"Authorization", "Cookie"}}
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    return caller.call(case.method, prepared.path_url, body, **headers)
