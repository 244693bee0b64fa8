"""What others learn about follows: how many an author has, and not whose they are."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

AUTHOR = UUID("01900000-0000-7000-8000-0000000000a1")


@event("blog.follow.changed.v1", aggregate="followers", id_field="author_id", optional_subscribers=True)
class FollowChanged(EventData):
    """An author has one follower more, or one less."""

    author_id: UUID = Field(examples=[AUTHOR])
    followers_count: int = Field(examples=[7])
