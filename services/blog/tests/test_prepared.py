"""Posts read by SQL that was made once are what the ORM reads."""

from collections.abc import Iterable
from typing import Any

import pytest
from blog_service.favourites.selectors import favourited_by
from blog_service.follows.selectors import followed_by
from blog_service.posts.access import PostNotFound
from blog_service.posts.models import Post
from blog_service.posts.selectors import ALWAYS, post_get, post_get_by_slug, rows_of
from blog_service.testing import Caller
from chassis.django.authentication import verifier
from chassis.django.prepared import keys_of, update
from chassis.tokens import Claims
from django.db.models import QuerySet
from django.utils import timezone

COLUMNS = frozenset({"title", "tags", "author__username", "counts__favourites", "favourited", "author_followed"})
FIELDS = Post._meta.concrete_fields
NEWEST = ("-created_at", "-id")


def claims_of(caller: Caller) -> Claims:
    return verifier().verify(caller.token)


def read_by_the_orm(posts: "QuerySet[Post]", viewer: Claims | None) -> list[dict[str, Any]]:
    reader = viewer.sub if viewer else None
    marked = posts.annotate(favourited=favourited_by(reader), author_followed=followed_by(reader, "author_id"))
    rows: list[dict[str, Any]] = list(marked.values(*ALWAYS, *COLUMNS))
    return [row | {"co_authors": ()} for row in rows]


def without_parts(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in {"authors", "images"}} for row in rows]


@pytest.fixture
def posts(alice: Caller, bob: Caller) -> list[dict[str, Any]]:
    written = [alice.writes(f"p{number}", tags=["ink", "é"], published=number != 1) for number in range(4)]
    bob.post("v1/posts/p2/favourite")
    bob.post("v1/authors/alice/follow")
    return written


def test_rows_are_those_of_the_orm_for_whoever_reads(
    posts: list[dict[str, Any]], alice: Caller, bob: Caller, dana: Caller
) -> None:
    for viewer in (None, claims_of(alice), claims_of(bob), claims_of(dana)):
        for narrowed in (
            Post.objects.order_by(*NEWEST),
            Post.objects.order_by("title"),
            Post.objects.filter(post_tags__tag__key="ink", author__username="alice").order_by(*NEWEST)[1:3],
            Post.objects.filter(id=posts[2]["id"]),
        ):
            assert without_parts(rows_of(narrowed, viewer, COLUMNS)) == read_by_the_orm(narrowed, viewer)


def test_nobody_sees_what_somebody_saw(posts: list[dict[str, Any]], alice: Caller, bob: Caller) -> None:
    for viewer, favourited in ((None, False), (claims_of(bob), True), (claims_of(alice), False), (None, False)):
        row: Any = post_get_by_slug("p2", viewer, COLUMNS)
        assert (row["favourited"], row["author_followed"]) == (favourited, favourited)


def test_one_post_is_found_by_those_alone_who_may_see_it(
    posts: list[dict[str, Any]], alice: Caller, bob: Caller, dana: Caller
) -> None:
    draft = Post.objects.get(slug="p1")
    for viewer in (claims_of(alice), claims_of(dana)):
        assert post_get(draft.id, viewer, COLUMNS)["slug"] == post_get_by_slug("p1", viewer, COLUMNS)["slug"] == "p1"
    for stranger in (None, claims_of(bob)):
        with pytest.raises(PostNotFound):
            post_get(draft.id, stranger, COLUMNS)
        with pytest.raises(PostNotFound):
            post_get_by_slug("p1", stranger, COLUMNS)


@pytest.mark.parametrize("slug", ["%s", "the slug that is asked for", "p1' OR '1'='1", "prepared.query"])
def test_what_is_asked_for_is_never_part_of_the_sql(posts: list[dict[str, Any]], slug: str) -> None:
    with pytest.raises(PostNotFound):
        post_get_by_slug(slug, None, COLUMNS)


def test_where_there_is_nothing_nothing_is_asked(posts: list[dict[str, Any]]) -> None:
    assert rows_of(Post.objects.none(), None, COLUMNS) == []
    assert keys_of(Post.objects.none()) is None


def test_a_post_that_is_saved_is_the_instance_and_no_other_changes(posts: list[dict[str, Any]]) -> None:
    post, others = Post.objects.get(slug="p2"), Post.objects.exclude(slug="p2")
    before = list(others.order_by("id").values())
    post.title, post.tags, post.co_authors = "Ünlike", ["é", "'"], [{"id": str(post.id), "accepted": True}]
    post.scheduled_for, post.status, post.published_at = timezone.now(), "scheduled", None
    post.comments_open, post.version, post.event_sequence = False, 40, 50
    update(post)
    assert Post.objects.values().get(id=post.id) == {field.attname: getattr(post, field.attname) for field in FIELDS}
    assert list(others.order_by("id").values()) == before
