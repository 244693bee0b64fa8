"""What others learn about who follows whom."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

AUTHOR = UUID("01900000-0000-7000-8000-0000000000a1")
FOLLOWER = UUID("01900000-0000-7000-8000-0000000000a2")


@event("blog.follow.changed.v1", aggregate="followers", id_field="author_id", optional_subscribers=True)
class FollowChanged(EventData):
    """A user follows an author or no longer does."""

    author_id: UUID = Field(examples=[AUTHOR])
    follower_id: UUID = Field(examples=[FOLLOWER])
    following: bool = Field(examples=[True])
    followers_count: int = Field(examples=[1])
