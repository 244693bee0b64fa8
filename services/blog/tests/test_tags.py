"""Tags that staff rename and merge, in the admin."""

from typing import Any

import pytest
from blog_service.posts.models import Post, PostRevision
from blog_service.posts.services.retagging import posts_follow_tags
from blog_service.tags.models import Tag
from blog_service.tags.services import tag_merge, tag_rename
from blog_service.testing import Caller, Neighbours
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.test import Client

PASSWORD = "correct horse battery"


@pytest.fixture
def staff(dana: Caller, neighbours: Neighbours) -> Client:
    """Dana in a browser."""
    neighbours.has_password(dana, PASSWORD)
    client = Client()
    client.post("/admin/login/", {"username": dana.username, "password": PASSWORD})
    return client


def tag(name: str) -> Tag:
    return Tag.objects.get(name=name)


def tags(charlie: Caller) -> dict[str, int]:
    return {each["name"]: each["posts_count"] for each in charlie.get("v1/tags").body["results"]}


def tagged(charlie: Caller, name: str) -> list[str]:
    return [post["slug"] for post in charlie.get(f"v1/posts?tag={name}").body["results"]]


def merge(staff: Client, into: str, *names: str) -> Any:
    chosen = list(Tag.objects.filter(name__in=names).values_list("id", flat=True))
    return staff.post("/admin/tags/tag/", {"action": "merge", "into": into, "_selected_action": chosen}, follow=True)


def test_staff_rename_a_tag_and_its_posts_follow(alice: Caller, charlie: Caller, staff: Client, dana: Caller) -> None:
    alice.writes("a", tags=["ink", "paper"], published=True)
    alice.writes("draft", tags=["ink"])
    answer = staff.post(f"/admin/tags/tag/{tag('ink').id}/change/", {"name": " Fountain  pens "}, follow=True)
    assert b"2 posts follow" in answer.content
    assert charlie.get("v1/posts/a").body["tags"] == ["Fountain pens", "paper"]
    assert tags(charlie) == {"Fountain pens": 1, "paper": 1}
    assert tagged(charlie, "fountain pens") == tagged(charlie, "ink") == ["a"]
    assert charlie.get("v1/posts?q=fountain").body["count"] == 1
    assert PostRevision.objects.filter(post__slug="a").latest("number").editor_id == dana.id
    assert not Tag.objects.filter(changed_by__isnull=False).exists()


def test_who_writes_a_former_name_means_the_tag(alice: Caller, charlie: Caller, dana: Caller) -> None:
    alice.writes("a", tags=["ink"], published=True)
    tag_rename(tag("ink").id, "pens", actor=dana.id)
    assert alice.writes("b", tags=["INK", "Pens"], published=True)["tags"] == ["pens"]
    posts_follow_tags()
    assert tags(charlie) == {"pens": 2}


def test_a_tag_may_have_its_former_name_back(alice: Caller, charlie: Caller, dana: Caller) -> None:
    alice.writes("a", tags=["ink"], published=True)
    for name in ("pens", "Ink", "INK", "pens", "ink"):
        tag_rename(tag(charlie.get("v1/posts/a").body["tags"][0]).id, name, actor=dana.id)
        posts_follow_tags()
        assert charlie.get("v1/posts/a").body["tags"] == [name]
        assert tags(charlie) == {name: 1}
    assert Tag.objects.count() == 2


def test_staff_merge_tags_and_their_posts_follow(alice: Caller, charlie: Caller, staff: Client) -> None:
    alice.writes("a", tags=["ink"], published=True)
    alice.writes("b", tags=["Inks", "ink"], published=True)
    alice.writes("c", tags=["pens"], published=True)
    assert b"2 posts follow" in merge(staff, "INK", "Inks", "ink", "pens").content
    assert tags(charlie) == {"ink": 3}
    assert charlie.get("v1/posts/b").body["tags"] == ["ink"]
    assert tagged(charlie, "inks") == tagged(charlie, "pens") == ["c", "b", "a"]
    assert charlie.get("v1/posts?tag=pens").body["count"] == 3
    merge(staff, "paper", "ink")
    assert tags(charlie) == {"ink": 3}, "there is no paper"


def test_names_of_names_mean_the_last(alice: Caller, charlie: Caller, dana: Caller) -> None:
    for name in ("a", "b", "c"):
        alice.writes(name, tags=[name], published=True)
    tag_merge(tag("a").id, tag("b").id, actor=dana.id)
    tag_merge(tag("b").id, tag("c").id, actor=dana.id)
    tag_merge(tag("c").id, tag("a").id, actor=dana.id)
    assert posts_follow_tags() == 2
    assert (tags(charlie), len(tagged(charlie, "a"))) == ({"c": 3}, 3)


def test_every_post_that_follows_is_told_of(alice: Caller, dana: Caller) -> None:
    alice.writes("a", tags=["ink"], published=True)
    before = len(published(DjangoDatabase()))
    tag_rename(tag("ink").id, "pens", actor=dana.id)
    posts_follow_tags()
    (told,) = published(DjangoDatabase())[before:]
    assert (told.type, told.data["tags"], told.data["version"]) == ("blog.post.updated.v1", ["pens"], 2)
    posts_follow_tags()
    assert len(published(DjangoDatabase())) == before + 1


def test_many_posts_follow_bit_by_bit(alice: Caller, charlie: Caller, dana: Caller) -> None:
    for number in range(5):
        alice.writes(f"p{number}", tags=["ink"], published=True)
    tag_rename(tag("ink").id, "pens", actor=dana.id)
    assert [posts_follow_tags(2) for _ in range(4)] == [2, 2, 1, 0]
    assert all(post.tags == ["pens"] for post in Post.objects.all())
    assert tags(charlie) == {"pens": 5}


@pytest.mark.parametrize("name", ["paper", "PAPER", "", " ", "\u200b", "x" * 51])
def test_a_name_that_cannot_be_is_refused(alice: Caller, charlie: Caller, staff: Client, name: str) -> None:
    alice.writes("a", tags=["ink", "paper"], published=True)
    answer = staff.post(f"/admin/tags/tag/{tag('ink').id}/change/", {"name": name})
    assert (answer.status_code, b"errorlist" in answer.content) == (200, True)
    assert tags(charlie) == {"ink": 1, "paper": 1}


def test_others_change_no_tags(alice: Caller, dana: Caller, staff: Client) -> None:
    alice.writes("a", tags=["ink"])
    path = f"/admin/tags/tag/{tag('ink').id}"
    assert Client().post(f"{path}/change/", {"name": "pens"}).status_code == 302
    for method, address in (("get", "/admin/tags/tag/add/"), ("post", f"{path}/delete/")):
        assert getattr(staff, method)(address).status_code == 403
    assert Tag.objects.get().name == "ink"


def test_staff_publish_many_posts_and_hear_of_those_that_cannot_be(alice: Caller, staff: Client) -> None:
    posts = [alice.writes(title) for title in ("a", "b", "c")]
    alice.post(f"v2/posts/{posts[2]['id']}/transitions", {"to": "archived"})
    chosen = [post["id"] for post in posts]
    answer = staff.post("/admin/posts/post/", {"action": "publish", "_selected_action": chosen}, follow=True)
    assert b"2 posts changed." in answer.content
    assert b"C: The post is archived" in answer.content
    assert sorted(Post.objects.values_list("slug", "status")) == [
        ("a", "published"),
        ("b", "published"),
        ("c", "archived"),
    ]
