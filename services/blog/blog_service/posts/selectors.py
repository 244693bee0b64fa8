"""Reads of posts, as plain rows: a list must not pay for objects nobody changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict, cast
from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims
from django.db.models import Q, QuerySet

from blog_service.favourites.selectors import favourited_by
from blog_service.follows.selectors import followed_by
from blog_service.posts.access import PostNotFound, may_edit
from blog_service.posts.models import Post, PostImage, Rejection, image_state, rejection_of
from blog_service.posts.visibility import PUBLIC, visible_to

Columns = Iterable[str]


class ImageRow(TypedDict):
    """An image of a post and what is known of its picture."""

    id: UUID
    media: UUID
    caption: str
    alt: str
    position: int
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
    images: list[ImageRow]


ALWAYS = PostRow.__annotations__.keys() - {"images"}


def post_get(post_id: UUID, viewer: Claims | None, columns: Columns) -> PostRow:
    """The post; raises Problem (404) if there is none that the viewer may see."""
    return _visible(Q(id=post_id), viewer, columns)


def post_get_by_slug(slug: str, viewer: Claims | None, columns: Columns) -> PostRow:
    """The post that has this slug, or had it once; raises Problem (404) if there is none that the viewer may see."""
    try:
        return _visible(Q(slug=slug), viewer, columns)
    except PostNotFound:
        return _visible(Q(slugs__slug=slug), viewer, columns)


def post_get_for_writing(wanted: Q, writer: Claims) -> UUID:
    """The id of the post that is ``wanted``; raises Problem: 403 for another's public post, else 404."""
    found = Post.objects.filter(wanted).values_list("id", "author_id", "status").first()
    if found is None:
        raise PostNotFound
    post_id, author_id, status = found
    if may_edit(writer, author_id):
        return post_id
    if status == Post.Status.PUBLISHED:
        raise Problem(403, "not_the_author", "Only its author and editors may change a post.")
    raise PostNotFound


def post_find(wanted: Q, viewer: Claims | None) -> UUID:
    """The id of the post that is ``wanted``; raises Problem (404) if there is none that the viewer may see."""
    for post_id in Post.objects.filter(wanted, visible_to(viewer)).values_list("id", flat=True):
        return post_id
    raise PostNotFound


def post_takes_comments(post_id: UUID) -> bool:
    """Whether it is public, and open for them."""
    return Post.objects.filter(PUBLIC, id=post_id, comments_open=True).exists()


def post_held(wanted: Q, viewer: Claims | None) -> UUID:
    """The id of a post that stays until the transaction ends; raises Problem (404) if the viewer may not see it."""
    posts = Post.objects.filter(wanted, visible_to(viewer)).select_for_update(of=("self",), no_key=True)
    for post_id in posts.values_list("id", flat=True):
        return post_id
    raise PostNotFound


def newest_of(author_id: UUID, most: int) -> list[tuple[UUID, datetime]]:
    """The newest public posts of an author, each by id and time of publication."""
    posts = Post.objects.filter(PUBLIC, author_id=author_id).order_by("-published_at", "-id")
    return cast("list[tuple[UUID, datetime]]", list(posts.values_list("id", "published_at")[:most]))


def public_rows(post_ids: Sequence[UUID], viewer: Claims | None, columns: Columns) -> list[PostRow]:
    """These posts in this order; those that are not public are left out."""
    rows = {row["id"]: row for row in rows_of(Post.objects.filter(PUBLIC, id__in=post_ids), viewer, columns)}
    return [rows[post_id] for post_id in post_ids if post_id in rows]


def rows_of(posts: QuerySet[Post], viewer: Claims | None, columns: Columns) -> list[PostRow]:
    """These posts with what belongs to them, in two queries however many they are."""
    viewer_id = viewer.sub if viewer else None
    posts = posts.annotate(favourited=favourited_by(viewer_id), author_followed=followed_by(viewer_id, "author_id"))
    rows = cast("list[PostRow]", list(posts.values(*ALWAYS.union(columns))))
    by_id = {row["id"]: row for row in rows}
    for row in rows:
        row["images"] = []
    if rows:
        _add_images(by_id, viewer)
    return rows


def _visible(wanted: Q, viewer: Claims | None, columns: Columns) -> PostRow:
    for row in rows_of(Post.objects.filter(wanted, visible_to(viewer)), viewer, columns):
        return row
    raise PostNotFound


def _add_images(posts: dict[UUID, PostRow], viewer: Claims | None) -> None:
    """A rejected picture is shown to those alone who can replace it."""
    images = PostImage.objects.filter(post_id__in=posts).order_by("position")
    columns = ("post_id", "id", "asset_id", "caption", "alt", "position", "asset__owner_id", "asset__status")
    for post_id, image_id, media, caption, alt, position, owner_id, status in images.values_list(*columns):
        post = posts[post_id]
        state = image_state(owner_id=owner_id, status=status, author_id=post["author_id"])
        reason = rejection_of(owner_id=owner_id, status=status, author_id=post["author_id"])
        if not reason or may_edit(viewer, post["author_id"]):
            image = ImageRow(
                id=image_id, media=media, caption=caption, alt=alt, position=position, state=state, reason=reason
            )
            post["images"].append(image)
