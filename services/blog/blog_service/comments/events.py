"""What others learn about comments."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

COMMENT = UUID("01900000-0000-7000-8000-000000000401")
POST = UUID("01900000-0000-7000-8000-000000000201")
AUTHOR = UUID("01900000-0000-7000-8000-0000000000a2")


class CommentState(EventData):
    """A comment, and how many its post has now."""

    comment_id: UUID = Field(examples=[COMMENT])
    post_id: UUID = Field(examples=[POST])
    author_id: UUID = Field(examples=[AUTHOR])
    comments_count: int = Field(examples=[1])


@event(
    "blog.comment.created.v1",
    aggregate="comment",
    id_field="comment_id",
    key_field="post_id",
    optional_subscribers=True,
)
class CommentCreated(CommentState):
    """Somebody commented on a post."""


@event(
    "blog.comment.deleted.v1",
    aggregate="comment",
    id_field="comment_id",
    key_field="post_id",
    optional_subscribers=True,
)
class CommentDeleted(CommentState):
    """A comment is gone."""
