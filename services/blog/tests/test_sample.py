"""A sample of posts is what the API would have made of them, as far as readers can tell."""

from io import StringIO
from typing import Any

import pytest
from blog_service.counts_audit import wrong_counts
from blog_service.demo import sample
from blog_service.posts.models import Post
from blog_service.posts.services.searching import post_make_findable
from blog_service.settings import settings
from blog_service.testing import Caller
from django.core.management import CommandError, call_command
from django.db import connection

POSTS = 45


def load(posts: int = POSTS) -> str:
    shown = StringIO()
    call_command("load_sample", "--posts", str(posts), stdout=StringIO(), stderr=shown)
    return shown.getvalue()


@pytest.fixture(autouse=True)
def bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "AT_ONCE", 20)


def test_a_sample_can_be_read_in_every_way(charlie: Caller) -> None:
    assert "45 of 45 posts" in load()
    page = charlie.get("v1/posts").body
    assert (page["count"], page["results"][0]["slug"]) == (POSTS, "sample-44")
    post = charlie.get("v1/posts/sample-7").body
    assert post["html"].startswith("<p>")
    assert [image["state"] for image in post["images"]] == ["confirmed"]
    (tag, *_) = post["tags"]
    assert "sample-7" in [found["slug"] for found in charlie.get(f"v1/posts?tag={tag}&page_size=100").body["results"]]
    assert charlie.get(f"v1/authors/{post['author']['username']}").body["posts_count"] == POSTS
    assert charlie.get("v2/changes?limit=100").body["items"][-1]["cursor"]
    assert list(wrong_counts(repair=False)) == []


def test_its_posts_are_found_by_what_indexing_finds_them_by(charlie: Caller) -> None:
    load()
    words = "SELECT words FROM search_document ORDER BY post_id"
    if connection.vendor == "sqlite":
        words = "SELECT title, lead, body FROM search_words ORDER BY rowid"
    with connection.cursor() as cursor:
        cursor.execute(words)
        loaded = cursor.fetchall()
    assert charlie.get("v2/search?q=31").body["items"][0]["post"]["slug"] == "sample-31"  # others have topic 31
    for post in Post.objects.all():
        post_make_findable(post)
    with connection.cursor() as cursor:
        cursor.execute(words)
        assert loaded == cursor.fetchall()


@pytest.mark.django_db
def test_indexes_and_constraints_are_afterwards_what_they_were() -> None:
    def kept() -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            return [connection.introspection.get_constraints(cursor, model._meta.db_table) for model in sample.WRITTEN]

    before = kept()
    load()
    assert kept() == before


def test_it_goes_on_where_it_ended(charlie: Caller) -> None:
    load(30)
    assert "of 45" in load()
    assert charlie.get("v1/posts").body["count"] == POSTS
    assert list(wrong_counts(repair=False)) == []
    load()
    assert Post.objects.count() == POSTS


def test_it_stays_out_of_production_and_of_a_database_with_other_posts(
    alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.writes()
    with pytest.raises(CommandError, match="other posts"):
        load()
    Post.objects.all().delete()
    monkeypatch.setitem(settings().__dict__, "environment", "production")
    with pytest.raises(CommandError, match="production"):
        load()
    assert not Post.objects.exists()
