"""What auth is told when an archive is there."""

from datetime import datetime
from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field


@event("media.export.made.v1", aggregate="export", id_field="export_id")
class ExportMade(EventData):
    """The archive can be fetched by whom it is about."""

    export_id: UUID = Field(examples=["01900000-0000-7000-8000-0000000000f1"])
    expires_at: datetime = Field(examples=["2026-12-01T10:00:00Z"])
