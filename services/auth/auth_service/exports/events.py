"""What media is asked to make an archive of."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field


@event("auth.export.asked.v1", aggregate="export", id_field="export_id")
class ExportAsked(EventData):
    """Make an archive of all that is held about this user, for them to fetch."""

    export_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000f1"])
    user_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000a1"])
