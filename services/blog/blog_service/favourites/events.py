"""What others learn about favourites: how many a post has, and not whose they are."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

POST = UUID("01900000-0000-7000-8000-000000000201")


@event("blog.favourite.changed.v1", aggregate="favourites", id_field="post_id", optional_subscribers=True)
class FavouriteChanged(EventData):
    """A post is among the favourites of one user more, or one less."""

    post_id: UUID = Field(examples=[POST])
    favourites_count: int = Field(examples=[12])
