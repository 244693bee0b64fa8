"""Reads of posts, as plain rows: a list must not pay for objects nobody changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypedDict, cast
from uuid import UUID

from chassis.django.prepared import Read, Sql, Statement, keys_of, listed, meant, prepared, read
from chassis.tokens import Claims
from django.db.models import Q, QuerySet

from blog_service.favourites.selectors import favourited_by
from blog_service.follows.selectors import followed_by
from blog_service.posts.access import PostNotFound, is_editor, may_edit, require_may_dispose, require_may_edit
from blog_service.posts.co_authors import AuthorRow, CoAuthor, author_rows, ids_of, named
from blog_service.posts.models import Post, PostImage, Rejection, image_state, rejection_of
from blog_service.posts.visibility import PUBLIC, visible_to, visible_to_reader

Columns = Iterable[str]


class ImageRow(TypedDict):
    """An image of a post and what is known of its picture."""

    id: UUID
    media: UUID
    caption: str
    alt: str
    position: int
    width: int | None
    height: int | None
    state: PostImage.State
    reason: Rejection | None


class PostRow(TypedDict):
    """What every read of a post brings, beside the columns that the caller wants for its answer."""

    id: UUID
    slug: str
    status: str
    publish_requested: bool
    published_at: datetime | None
    created_at: datetime
    version: int
    author_id: UUID
    author__username: str
    author__bio: str
    author__avatar: UUID | None
    co_authors: Sequence[CoAuthor]
    authors: list[AuthorRow]
    images: list[ImageRow]


class PostForWriting(NamedTuple):
    """A post that the caller may change, and who began it."""

    id: UUID
    author_id: UUID


_SOMEBODY = UUID("0190ffff-0000-7000-8000-00000000feed")
"""Stands for who reads, in queries that are made once."""
_REMEMBERED = 500
"""Queries: sets of columns, orders, and whether somebody reads."""
_STAND_INS = {"id": UUID(int=1), "slug": "the slug that is asked for", "slugs__slug": "the slug that is asked for"}
OF_ASSET = ("asset__owner_id", "asset__status", "asset__width", "asset__height")
IMAGE_COLUMNS = ("post_id", "id", "asset_id", "caption", "alt", "position", *OF_ASSET)
FOR_WRITING = ("id", "author_id", "status", "co_authors")
ALWAYS = frozenset(PostRow.__annotations__.keys() - {"authors", "images"})


def post_get(post_id: UUID, viewer: Claims | None, columns: Columns) -> PostRow:
    """The post; raises Problem (404) if there is none that the viewer may see."""
    return _visible("id", post_id, viewer, columns)


def post_get_by_slug(slug: str, viewer: Claims | None, columns: Columns) -> PostRow:
    """The post that has this slug, or had it once; raises Problem (404) if there is none that the viewer may see."""
    try:
        return _visible("slug", slug, viewer, columns)
    except PostNotFound:
        return _visible("slugs__slug", slug, viewer, columns)


def post_get_for_writing(wanted: UUID | str, writer: Claims) -> PostForWriting:
    """The post of this id, or that has this slug or had it; raises Problem: 403 for another's public post, else 404."""
    found = _for_writing_by_id(wanted) if isinstance(wanted, UUID) else _for_writing_by_slug(wanted)
    if not found:
        raise PostNotFound
    ((post_id, author_id, status, co_authors),) = found
    is_public = status == Post.Status.PUBLISHED
    require_may_edit(writer, author_id, ids_of(named(co_authors)), is_public=is_public)
    return PostForWriting(post_id, author_id)


def post_get_for_disposing(wanted: UUID | str, writer: Claims) -> UUID:
    """The id for what a co-author may not do, to whom it is 403: to delete the post, to name others."""
    post = post_get_for_writing(wanted, writer)
    require_may_dispose(writer, post.author_id)
    return post.id


def post_find(wanted: Q, viewer: Claims | None) -> UUID:
    """The id of the post that is ``wanted``; raises Problem (404) if there is none that the viewer may see."""
    for post_id in Post.objects.filter(wanted, visible_to(viewer)).values_list("id", flat=True):
        return post_id
    raise PostNotFound


def posts_seen(viewer: Claims) -> QuerySet[Post]:
    """All that the viewer may read."""
    return Post.objects.filter(visible_to(viewer))


def post_is_by(post_id: UUID, author_id: UUID) -> bool:
    """Whether somebody began a post."""
    return Post.objects.filter(id=post_id, author_id=author_id).exists()


def post_takes_comments(post_id: UUID) -> bool:
    """Whether it is public, and open for them."""
    return Post.objects.filter(PUBLIC, id=post_id, comments_open=True).exists()


def post_held(wanted: Q, viewer: Claims | None) -> UUID:
    """The id of a post that stays until the transaction ends; raises Problem (404) if the viewer may not see it."""
    posts = Post.objects.filter(wanted, visible_to(viewer)).select_for_update(of=("self",), no_key=True)
    for post_id in posts.values_list("id", flat=True):
        return post_id
    raise PostNotFound


def posts_using_pictures(*, after: UUID, size: int) -> list[tuple[Post, list[UUID]]]:
    """The next posts with pictures after an id, each with the pictures' ids; these are read last, and may be newer."""
    used = PostImage.objects.filter(post_id__gt=after).order_by("post_id").values_list("post_id", flat=True)
    posts = Post.objects.in_bulk(list(used.distinct()[:size]))
    media_ids: dict[UUID, list[UUID]] = {post_id: [] for post_id in sorted(posts)}
    for post_id, asset_id in PostImage.objects.filter(post_id__in=posts).values_list("post_id", "asset_id"):
        media_ids[post_id].append(asset_id)
    return [(posts[post_id], asset_ids) for post_id, asset_ids in media_ids.items()]


def newest_of(author_id: UUID, most: int) -> list[tuple[UUID, datetime]]:
    """The newest public posts of an author, each by id and time of publication."""
    posts = Post.objects.filter(PUBLIC, author_id=author_id).order_by("-published_at", "-id")
    return cast("list[tuple[UUID, datetime]]", list(posts.values_list("id", "published_at")[:most]))


def public_rows(post_ids: Sequence[UUID], viewer: Claims | None, columns: Columns) -> list[PostRow]:
    """Posts by their ids in this order; those that are not public are left out."""
    rows = {row["id"]: row for row in rows_of(Post.objects.filter(PUBLIC, id__in=post_ids), viewer, columns)}
    return [rows[post_id] for post_id in post_ids if post_id in rows]


def rows_of(posts: QuerySet[Post], viewer: Claims | None, columns: Columns) -> list[PostRow]:
    """Posts with what belongs to them, in two queries however many they are."""
    found = keys_of(posts)
    return _rows(found, viewer, columns, tuple(posts.query.order_by)) if found else []


def _visible(lookup: str, key: UUID | str, viewer: Claims | None, columns: Columns) -> PostRow:
    finding = _finding(lookup, viewer is not None, viewer is not None and is_editor(viewer))
    found = finding.with_arguments([key, viewer.sub if viewer else None])
    for row in _rows((finding.sql, found), viewer, columns):
        return row
    raise PostNotFound


def _rows(found: Sql, viewer: Claims | None, columns: Columns, order: tuple[Any, ...] = ()) -> list[PostRow]:
    reader = viewer.sub if viewer else None
    wide = _wide(ALWAYS.union(columns), order, reader is not None)
    rows = cast("list[PostRow]", list(wide.rows(found, reader)))
    for row in rows:
        row["images"], row["co_authors"] = [], named(cast("Any", row["co_authors"]))
    if rows:
        _add_authors(rows, viewer)
        _add_images({row["id"]: row for row in rows}, viewer)
    return rows


@lru_cache(_REMEMBERED)
def _wide(columns: frozenset[str], order: tuple[Any, ...], is_somebody: bool) -> Read:
    """The columns of posts for somebody or for nobody."""
    reader = _SOMEBODY if is_somebody else None
    posts = Post.objects.filter(id__in=meant()).order_by(*order)
    posts = posts.annotate(favourited=favourited_by(reader), author_followed=followed_by(reader, "author_id"))
    return read(posts.values(*columns), _SOMEBODY)


@cache
def _finding(lookup: str, is_somebody: bool, is_editor: bool) -> Statement:
    """How one post is found among those that somebody may see."""
    visible = visible_to_reader(_SOMEBODY if is_somebody else None, is_editor=is_editor)
    found = keys_of(Post.objects.filter(visible, **{lookup: _STAND_INS[lookup]}))
    assert found
    return Statement.of(*found, [_STAND_INS[lookup], _SOMEBODY])


@cache
def _images() -> Read:
    return read(PostImage.objects.filter(post_id__in=meant()).order_by("position").values(*IMAGE_COLUMNS))


@prepared
def _for_writing_by_id(post_id: UUID) -> "QuerySet[Post, tuple[Any, ...]]":
    return Post.objects.filter(id=post_id).values_list(*FOR_WRITING)


@prepared
def _for_writing_by_slug(slug: str) -> "QuerySet[Post, tuple[Any, ...]]":
    return Post.objects.filter(slugs__slug=slug).values_list(*FOR_WRITING)


def _may_edit(viewer: Claims | None, post: PostRow) -> bool:
    return may_edit(viewer, post["author_id"], ids_of(post["co_authors"]))


def _add_authors(posts: list[PostRow], viewer: Claims | None) -> None:
    """Whoever has not accepted is shown to those alone who may edit the post. Most posts have no co-authors."""
    wanted = [each.id for post in posts for each in post["co_authors"]]
    known = author_rows(wanted) if wanted else {}
    for post in posts:
        first = AuthorRow(
            id=post["author_id"],
            username=post["author__username"],
            bio=post["author__bio"],
            avatar=post["author__avatar"],
            accepted=True,
        )
        shown = [each for each in post["co_authors"] if each.accepted or _may_edit(viewer, post)]
        post["authors"] = [first]
        for each in shown:
            if author := known.get(each.id):
                post["authors"].append({**author, "accepted": each.accepted})


def _add_images(posts: dict[UUID, PostRow], viewer: Claims | None) -> None:
    """A rejected picture is shown to those alone who can replace it."""
    for image in _images().rows(listed(list(posts))):
        post = posts[image["post_id"]]
        known = {"owner_id": image["asset__owner_id"], "status": image["asset__status"], "author_id": post["author_id"]}
        reason = rejection_of(**known)
        if not reason or _may_edit(viewer, post):
            shown = ImageRow(
                id=image["id"],
                media=image["asset_id"],
                caption=image["caption"],
                alt=image["alt"],
                position=image["position"],
                width=image["asset__width"],
                height=image["asset__height"],
                state=image_state(**known),
                reason=reason,
            )
            post["images"].append(shown)
