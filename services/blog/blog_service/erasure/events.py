"""What auth is told when somebody is erased here."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field


@event("blog.erasure.done.v1", aggregate="erasure", id_field="request_id")
class ErasureDone(EventData):
    """Nothing is left here of the user of this request."""

    request_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000e1"])
    counts: dict[str, int] = Field(
        description="How many rows of which table were erased, or made nobody's.", examples=[{"posts_post": 3}]
    )
