"""What others learn about favourites."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field


@event("blog.favourite.changed.v1", aggregate="favourites", id_field="post_id", optional_subscribers=True)
class FavouriteChanged(EventData):
    """A user made a post a favourite or took that back."""

    post_id: UUID = Field(examples=[UUID("01900000-0000-7000-8000-000000000201")])
    user_id: UUID = Field(examples=[UUID("01900000-0000-7000-8000-0000000000a2")])
    favourite: bool = Field(examples=[True])
    favourites_count: int = Field(examples=[1])
