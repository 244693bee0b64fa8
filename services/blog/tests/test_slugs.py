"""Addresses of posts."""

import pytest
from blog_service.posts.models import PostSlug
from blog_service.testing import Caller


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("First light", "first-light"),
        ("  Über die Brücke, zu Fuß!  ", "uber-die-brucke-zu-fuss"),
        ("晨光", "chen-guang"),
        ("🙂", "post"),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_slug_is_made_of_the_title(alice: Caller, title: str, slug: str) -> None:
    assert alice.writes(title)["slug"] == slug


def test_equal_titles_get_different_slugs_however_many_there_are(alice: Caller, bob: Caller) -> None:
    slugs = [(alice, bob)[number % 2].writes()["slug"] for number in range(12)]
    assert slugs[:3] == ["first-light", "first-light-2", "first-light-3"]
    assert len(set(slugs)) == 12


def test_an_old_slug_leads_to_the_new_one(alice: Caller, charlie: Caller) -> None:
    alice.writes(published=True)
    assert alice.patch("v1/posts/first-light", {"title": "Dawn"}).body["slug"] == "dawn"
    answer = charlie.get("v1/posts/first-light")
    assert (answer.status, answer.headers["Location"]) == (308, "https://news.example.org/api/v1/posts/dawn")
    assert alice.patch("v1/posts/first-light", {"body": "changed"}).body["body"] == "changed"


def test_an_old_slug_of_a_draft_tells_a_stranger_nothing(alice: Caller, charlie: Caller) -> None:
    alice.writes()
    alice.patch("v1/posts/first-light", {"title": "Dawn"})
    assert charlie.get("v1/posts/first-light").status == 404
    assert alice.get("v1/posts/first-light").status == 308


def test_an_old_slug_is_never_given_to_another_post(alice: Caller, bob: Caller) -> None:
    alice.writes()
    alice.patch("v1/posts/first-light", {"title": "Dawn"})
    assert bob.writes()["slug"] == "first-light-2"


def test_a_post_may_have_its_old_slug_back(alice: Caller) -> None:
    alice.writes()
    alice.patch("v1/posts/first-light", {"title": "Dawn"})
    assert alice.patch("v1/posts/dawn", {"title": "First light"}).body["slug"] == "first-light"
    assert alice.get("v1/posts/dawn").status == 308


def test_a_title_that_changes_in_spelling_alone_keeps_the_slug(alice: Caller) -> None:
    alice.writes()
    alice.writes()
    assert alice.patch("v1/posts/first-light-2", {"title": "FIRST light!"}).body["slug"] == "first-light-2"
    assert PostSlug.objects.count() == 2


def test_slug_of_a_deleted_post_is_never_given_to_another(alice: Caller, bob: Caller) -> None:
    alice.writes("Dawn")
    alice.patch("v1/posts/dawn", {"title": "Dusk"})
    alice.delete("v1/posts/dusk")
    assert [bob.writes(title)["slug"] for title in ("Dawn", "Dusk")] == ["dawn-2", "dusk-2"]
    assert bob.get("v1/posts/dawn").status == 404
