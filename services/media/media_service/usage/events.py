"""What media tells those who show its pictures."""

from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

_POST = "01900000-0000-7000-8000-000000000201"
_ASSET = "01900000-0000-7000-8000-000000000101"


class RefState(EventData):
    """Whether an object, at one version of it, may show an asset."""

    object_id: UUID = Field(examples=[_POST])
    version: int = Field(description="of the object", examples=[3])
    asset_id: UUID = Field(examples=[_ASSET])
    reason: str | None = Field(description="why it may not", examples=[None])


@event("media.ref.confirmed.v1", aggregate="ref", id_field="object_id", optional_subscribers=True)
class RefConfirmed(RefState):
    """The object may show the asset."""


@event("media.ref.rejected.v1", aggregate="ref", id_field="object_id", optional_subscribers=True)
class RefRejected(RefState):
    """The object may not show the asset."""

    reason: str = Field(examples=["the asset was taken down"])
