"""What auth learns when an account is erased here."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field


@event("blog.erasure.done.v1", aggregate="erasure", id_field="request_id", optional_subscribers=True)
class ErasureDone(EventData):
    """Blog has deleted or anonymised what it kept of an account: how many rows of each kind."""

    request_id: UUID = Field(examples=[UUID("01900000-0000-7000-8000-000000000501")])
    counts: dict[str, int] = Field(examples=[{"posts": 4, "comments": 12}])
