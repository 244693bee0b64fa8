"""What a text would look like, asked for before it is kept."""

from functools import partial

import pytest
from blog_service.markdown import rendering
from blog_service.markdown.budget import Budget
from blog_service.posts.models import Post
from blog_service.testing import Caller

RENDER = "v2/posts:render"


def test_a_text_is_shown_as_a_post_would_show_it_and_not_kept(alice: Caller) -> None:
    body = "# A *title*\n\n<script>alert(1)</script>[a](javascript:b)\n\nwords"
    said = alice.post(RENDER, {"body": body})
    assert said.status == 200
    assert not Post.objects.exists()
    post = alice.writes(body=body)
    assert said.body == {"html": post["html"], "excerpt": post["excerpt"]}


def test_only_who_writes_may_ask(alice: Caller, charlie: Caller) -> None:
    assert charlie.post(RENDER, {"body": ""}).status == 401
    assert alice.post(RENDER, {"body": ""}).body == {"html": "", "excerpt": ""}


def test_what_would_be_no_post_is_refused_with_its_reason(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = alice.post(RENDER, {})
    assert (missing.status, missing.body["errors"][0]["pointer"]) == (422, "/body")
    monkeypatch.setattr(rendering, "render", partial(rendering.render, budget=Budget(tokens=2)))
    complex_text = alice.post(RENDER, {"body": "a b"})
    assert (complex_text.status, complex_text.body["errors"][0]["code"]) == (422, "too_complex")
