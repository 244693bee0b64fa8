"""How v1 shows comments."""

from uuid import UUID

from chassis.django.shapes import Moment, Shape, Url, source

from blog_service.authors.v1.shapes import AuthorShape
from blog_service.comments.models import Comment
from blog_service.comments.review_shapes import DecisionShape, ReportShape
from blog_service.links import author_link, avatar_link


def _author(author_id: UUID | None, username: str, bio: str, avatar: UUID | None) -> AuthorShape | None:
    if author_id is None:
        return None
    return AuthorShape(id=author_id, username=username, bio=bio, avatar=avatar_link(avatar), url=author_link(username))


class CommentShape(Shape):
    """A comment; of a removed one, which is there for its replies, there is nothing but its place."""

    id: UUID
    post: str = source("post__slug", description="the post's slug")
    parent: UUID | None = source("parent_id", description="of a reply")
    author: AuthorShape | None = source(
        "author_id", "author__username", "author__bio", "author__avatar", through=_author
    )
    body: str
    html: str
    state: Comment.State
    created_at: Moment
    edited_at: Moment | None


class CommentPageShape(Shape):
    count: int
    next: Url | None
    previous: Url | None
    results: list[CommentShape]


class ReviewedCommentShape(CommentShape):
    """A comment as those see it who decide about it: also a removed one has its words, unless they are gone."""

    reports_count: int = source("reports_count", description="since it was last approved")
    reports: list[ReportShape] = source(
        "reports", description="the newest twenty of them, oldest first; none of one's own comment, but to moderators"
    )
    decisions: list[DecisionShape] = source("decisions", description="the newest twenty, oldest first")


class ReviewedCommentPageShape(Shape):
    count: int
    next: Url | None
    previous: Url | None
    results: list[ReviewedCommentShape]
