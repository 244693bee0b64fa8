"""How v2 shows comments."""

from uuid import UUID

from chassis.django.shapes import Moment, Shape, Url, source

from blog_service.comments.models import Comment
from blog_service.comments.review_shapes import DecisionShape, ReportShape
from blog_service.links import avatar_link


class CommentAuthorV2Shape(Shape):
    id: UUID
    username: str
    avatar: Url | None


def _author(author_id: UUID | None, username: str, avatar: UUID | None) -> CommentAuthorV2Shape | None:
    if author_id is None:
        return None
    return CommentAuthorV2Shape(id=author_id, username=username, avatar=avatar_link(avatar))


class CommentV2Shape(Shape):
    """A comment; of a removed one, which is there for its replies, there is nothing but its place."""

    id: UUID
    post_id: UUID
    parent_id: UUID | None = source("parent_id", description="of a reply")
    author: CommentAuthorV2Shape | None = source("author_id", "author__username", "author__avatar", through=_author)
    body: str
    html: str
    state: Comment.State
    created_at: Moment
    edited_at: Moment | None


class CommentsV2Shape(Shape):
    items: list[CommentV2Shape]
    next_cursor: str | None


class ReviewedCommentV2Shape(CommentV2Shape):
    """A comment as those see it who decide about it: also a removed one has its words, unless they are gone."""

    reports_count: int = source("reports_count", description="since it was last approved")
    reports: list[ReportShape] = source(
        "reports", description="the newest twenty of them, oldest first; none of one's own comment, but to moderators"
    )
    decisions: list[DecisionShape] = source("decisions", description="the newest twenty, oldest first")


class ReviewedCommentsV2Shape(Shape):
    items: list[ReviewedCommentV2Shape]
    next_cursor: str | None
