"""Reads of comments, as plain rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict, cast
from uuid import UUID

from chassis.lists import Keyset
from chassis.tokens import Claims
from django.db.models import Exists, OuterRef, Q, QuerySet

from blog_service.comments.access import CommentNotFound, CommentOwners, is_moderator
from blog_service.comments.models import Comment
from blog_service.comments.realworld.numbers import ids_of
from blog_service.follows.selectors import followed_by

VISIBLE, HELD, REMOVED = Comment.State.VISIBLE, Comment.State.HELD, Comment.State.REMOVED
OLDEST_FIRST: Keyset = {"created_at": datetime.fromisoformat, "id": UUID}


class CommentRow(TypedDict):
    """What every read of a comment brings, beside the columns that the caller wants for its answer."""

    id: UUID
    state: str
    body: str
    html: str
    created_at: datetime
    author_id: UUID | None
    post__author_id: UUID


ALWAYS = CommentRow.__annotations__.keys()


def comments_of(post_id: UUID, viewer: Claims | None) -> QuerySet[Comment]:
    """What the viewer may know of the comments on a post, oldest first: those that they may read, and those with such
    replies, without which the replies would hang in the air. The viewer may read the post.
    """
    readable = _readable(viewer)
    replies = Comment.objects.filter(readable, parent_id=OuterRef("id"))
    return Comment.objects.filter(readable | Exists(replies), post_id=post_id).order_by(*OLDEST_FIRST)


def comments_newest(post_id: UUID, viewer: Claims | None) -> QuerySet[Comment]:
    """What the viewer may read of the comments on a post that they may read, newest first."""
    return Comment.objects.filter(_readable(viewer), post_id=post_id).order_by("-created_at", "-id")


def comment_find(post_id: UUID, number: int, viewer: Claims) -> UUID:
    """The id of the comment on a post that has this number; raises Problem (404)."""
    if ids := ids_of(number):
        found = Comment.objects.filter(_readable(viewer), post_id=post_id, id__range=ids)
        for comment_id in found.order_by("id").values_list("id", flat=True):
            return comment_id
    raise CommentNotFound


def comment_rows(comments: QuerySet[Comment], viewer: Claims | None, columns: Iterable[str]) -> list[CommentRow]:
    """The rows of comments; of one that the viewer may not read there is no more than that it was removed."""
    comments = comments.annotate(author_followed=followed_by(viewer.sub if viewer else None, "author_id"))
    rows = cast("list[CommentRow]", list(comments.values(*ALWAYS | set(columns))))
    for row in rows:
        if row["state"] == REMOVED or (row["state"] == HELD and not _owners(row).may_remove(viewer)):
            row |= {"state": REMOVED, "body": "", "html": "", "author_id": None}
    return rows


def comment_get(comment_id: UUID, viewer: Claims | None, columns: Iterable[str]) -> CommentRow:
    """A comment that the viewer has just written; raises Problem (404)."""
    for row in comment_rows(Comment.objects.filter(id=comment_id), viewer, columns):
        return row
    raise CommentNotFound


def comment_place(comment_id: UUID, viewer: Claims) -> tuple[UUID, CommentOwners]:
    """The post of a comment, and whose both are; raises Problem (404) for one that the viewer may not read.

    Whether they may read the post is to be asked as well.
    """
    return _place(comment_id, _readable(viewer))


def comment_place_to_remove(comment_id: UUID, viewer: Claims) -> tuple[UUID, CommentOwners]:
    """Where a comment stands that is to be removed; who wrote it takes back words that others have removed, too."""
    return _place(comment_id, _readable(viewer) | (Q(author_id=viewer.sub) & ~Q(body="")))


def _place(comment_id: UUID, known: Q) -> tuple[UUID, CommentOwners]:
    comments = Comment.objects.filter(known, id=comment_id)
    for post_id, author_id, post_author_id in comments.values_list("post_id", "author_id", "post__author_id"):
        return post_id, CommentOwners(author_id, post_author_id)
    raise CommentNotFound


def _readable(viewer: Claims | None) -> Q:
    """What is visible; what is held, for those alone who may decide about it and who wrote it."""
    if viewer is None:
        return Q(state=VISIBLE)
    if is_moderator(viewer):
        return Q(state__in=(VISIBLE, HELD))
    own = Q(author_id=viewer.sub) | Q(post__author_id=viewer.sub)
    return Q(state=VISIBLE) | (Q(state=HELD) & own)


def _owners(row: CommentRow) -> CommentOwners:
    return CommentOwners(row["author_id"], row["post__author_id"])
