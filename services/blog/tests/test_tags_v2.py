"""Tags in version 2: reading them, and what editors make of them."""

from typing import Any

import pytest
from blog_service.posts.services.retagging import posts_follow_tags
from blog_service.tags.models import Tag
from blog_service.testing import Caller
from chassis.testing import TokenMint


def listed(caller: Caller, query: str = "") -> list[str]:
    return [tag["name"] for tag in caller.get(f"v2/tags{query}").body["items"]]


def tag(name: str) -> Tag:
    return Tag.objects.get(name=name)


@pytest.fixture
def written(alice: Caller) -> None:
    alice.writes("a", tags=["ink", "paper"], published=True)
    alice.writes("b", tags=["ink", "glue"], published=True)
    alice.writes("draft", tags=["secret", "ink"])


@pytest.mark.usefixtures("written")
def test_tags_are_listed_by_use_and_read_by_id(charlie: Caller) -> None:
    first = charlie.get("v2/tags?limit=2")
    assert [(item["name"], item["posts_count"]) for item in first.body["items"]] == [("ink", 2), ("glue", 1)]
    assert "s-maxage" in first.headers["Cache-Control"]
    assert listed(charlie, f"?limit=2&cursor={first.body['next_cursor']}") == ["paper"]
    (ink, _) = first.body["items"]
    assert charlie.get(f"v2/tags/{ink['id']}").body == ink
    assert ink["links"]["self"].endswith(f"/api/v2/tags/{ink['id']}")
    assert ink["links"]["html"].endswith("/tags/ink")
    assert (listed(charlie, "?name=INK"), listed(charlie, "?name=secret")) == (["ink"], [])


@pytest.mark.usefixtures("written")
def test_tags_of_drafts_are_nobodys_business(charlie: Caller) -> None:
    hidden, absent = charlie.get(f"v2/tags/{tag('secret').id}"), charlie.get(f"v2/tags/{10**30}")
    assert (hidden.status, hidden.body["code"]) == (absent.status, absent.body["code"]) == (404, "tag_not_found")


@pytest.mark.usefixtures("written")
def test_an_editor_renames_a_tag_and_its_posts_follow(dana: Caller, charlie: Caller) -> None:
    ink = tag("ink")
    answer = dana.patch(f"v2/tags/{ink.id}", {"name": " Fountain  pens "})
    assert (answer.status, answer.body["name"], answer.body["id"]) == (200, "Fountain pens", ink.id)
    assert posts_follow_tags() == 3
    assert charlie.get("v1/posts/a").body["tags"] == ["Fountain pens", "paper"]
    assert listed(charlie, "?name=ink") == ["Fountain pens"]


@pytest.mark.usefixtures("written")
def test_an_editor_merges_a_tag_into_another_which_it_leads_to(dana: Caller, charlie: Caller) -> None:
    ink, paper = tag("ink"), tag("paper")
    for _ in range(2):  # to say it again changes nothing
        answer = dana.post(f"v2/tags/{paper.id}/merge", {"into": ink.id})
        assert (answer.status, answer.body["id"]) == (200, ink.id)
    assert posts_follow_tags() == 1
    assert charlie.get("v1/posts/a").body["tags"] == ["ink"]
    moved = charlie.get(f"v2/tags/{paper.id}")
    assert (moved.status, moved.headers["Location"]) == (308, charlie.get(f"v2/tags/{ink.id}").body["links"]["self"])


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "PAPER"}, 409, "tag_taken"),
        ({"name": ""}, 422, "validation_failed"),
        ({"name": "x" * 51}, 422, "validation_failed"),
        ({"name": 5}, 422, "validation_failed"),
        ({}, 422, "validation_failed"),
        ({"name": "ok", "posts_count": 9}, 422, "validation_failed"),
    ],
)
def test_a_name_that_cannot_be_is_refused(dana: Caller, body: dict[str, Any], status: int, code: str) -> None:
    answer = dana.patch(f"v2/tags/{tag('ink').id}", body)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert tag("ink").changed_by is None


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("into", [None, "ink", True, 0, 2**63 - 1])
def test_a_tag_becomes_none_that_there_is_not(dana: Caller, into: object) -> None:
    answer = dana.post(f"v2/tags/{tag('ink').id}/merge", {"into": into})
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/into")
    assert tag("ink").merged_into is None


@pytest.mark.usefixtures("written")
def test_authors_moderators_and_strangers_change_no_tags(alice: Caller, charlie: Caller, mint: TokenMint) -> None:
    ink = tag("ink").id
    refused = {alice: 403, Caller("mo", mint, roles=("moderator",)): 403, charlie: 401}
    for caller, status in refused.items():
        assert caller.patch(f"v2/tags/{ink}", {"name": "pens"}).status == status
        assert caller.post(f"v2/tags/{ink}/merge", {"into": tag("paper").id}).status == status
    assert dict(Tag.objects.filter(id=ink).values_list("name", "merged_into")) == {"ink": None}


def test_a_tag_that_is_not_there_is_not_changed(dana: Caller) -> None:
    assert dana.patch("v2/tags/1", {"name": "pens"}).status == 404
    assert dana.post("v2/tags/1/merge", {"into": 1}).status == 404
