"""What others learn about comments: what is held is to readers as if it were not there, and so it is told."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

COMMENT = UUID("01900000-0000-7000-8000-000000000401")
POST = UUID("01900000-0000-7000-8000-000000000201")
AUTHOR = UUID("01900000-0000-7000-8000-0000000000a2")


class CommentState(EventData):
    """A comment as it is now, and how many its post has."""

    comment_id: UUID = Field(examples=[COMMENT])
    post_id: UUID = Field(examples=[POST])
    parent_id: UUID | None = Field(description="of a reply", examples=[None])
    author_id: UUID | None = Field(description="null once the account is erased", examples=[AUTHOR])
    comments_count: int = Field(description="that can be read", examples=[4])


@event(
    "blog.comment.created.v1",
    aggregate="comment",
    id_field="comment_id",
    key_field="post_id",
    optional_subscribers=True,
)
class CommentCreated(CommentState):
    """A comment can be read: it is new, or was approved."""


@event(
    "blog.comment.updated.v1",
    aggregate="comment",
    id_field="comment_id",
    key_field="post_id",
    optional_subscribers=True,
)
class CommentUpdated(CommentState):
    """A comment that can be read has other words."""


@event(
    "blog.comment.deleted.v1",
    aggregate="comment",
    id_field="comment_id",
    key_field="post_id",
    optional_subscribers=True,
)
class CommentDeleted(CommentState):
    """A comment can be read no more: it is removed, or held until it is approved."""
