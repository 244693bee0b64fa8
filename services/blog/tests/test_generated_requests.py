"""No answer to a request that schemathesis makes of the OpenAPI document is a 500.

The client of the tests holds every answer to the contract: status, type and body. Strangers and an author ask; the
author has a post, a comment and a webhook, by whose ids and names some of the requests are made.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from blog_service.testing import Caller, Neighbours
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import Case

from tests.support.generated_requests import GENERATED, Operation, cases, operations, sent

OPERATIONS = operations("blog")


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
@settings(GENERATED, max_examples=3)
@given(data=st.data())
def test_every_answer_is_one_that_the_contract_has(
    alice: Caller, known: Mapping[str, str], operation: Operation, data: Any
) -> None:
    case = data.draw(cases(operation))
    if data.draw(st.booleans()):
        case.path_parameters = {**(case.path_parameters or {}), **_of(case, known)}
    request = sent(case)
    for caller in (alice, Caller("charlie")):
        answer = caller.call(request.method, request.path, request.body, **request.headers)
        assert answer.status < 500, (case.method, case.path, case.path_parameters, case.query, case.body, answer)


def _of(case: Case[Any], known: Mapping[str, str]) -> dict[str, str]:
    return {name: known[name] for name in case.path_parameters or {} if name in known}
