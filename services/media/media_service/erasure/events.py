"""What auth is told when somebody is erased here."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field


@event("media.erasure.done.v1", aggregate="erasure", id_field="request_id")
class ErasureDone(EventData):
    """Nothing is left here of the user of this request, nor a file of theirs that nobody else shows."""

    request_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000e1"])
    counts: dict[str, int] = Field(
        description="How many rows of which table were erased, and folders of files.",
        examples=[{"assets": 3, "files": 2}],
    )
