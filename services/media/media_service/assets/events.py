"""What media tells the others about assets."""

from typing import Literal
from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

_ASSET = "01900000-0000-7000-8000-000000000101"
_OWNER = "01900000-0000-7000-8000-0000000000a1"
_RENDITIONS = [
    {"preset": "thumb", "width": 320, "height": 213},
    {"preset": "medium", "width": 800, "height": 534},
    {"preset": "large", "width": 1600, "height": 1067},
]
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class RenditionState(EventData):
    """One rendition: its name in the URL, and its size in pixels."""

    preset: Literal["thumb", "medium", "large"] = Field(examples=["thumb"])
    width: int = Field(examples=[320])
    height: int = Field(examples=[213])


class AssetState(EventData):
    """All there is to know of an asset: the same for every event about one."""

    asset_id: UUID = Field(examples=[_ASSET])
    owner_id: UUID = Field(examples=[_OWNER])
    sha256: str = Field(description="of the bytes that were sent", examples=[_SHA256])
    mime: str = Field(examples=["image/jpeg"])
    width: int = Field(examples=[1600])
    height: int = Field(examples=[1067])
    renditions: list[RenditionState] = Field(description="empty unless they were made", examples=[_RENDITIONS])
    reason: str | None = Field(description="why there are none, if they could not be made", examples=[None])


@event("media.asset.uploaded.v1", aggregate="asset", id_field="asset_id", optional_subscribers=True)
class AssetUploaded(AssetState):
    """A picture was taken in; its renditions are to be made."""

    renditions: list[RenditionState] = Field(max_length=0, examples=[[]])


@event("media.asset.ready.v1", aggregate="asset", id_field="asset_id")
class AssetReady(AssetState):
    """All renditions can be fetched."""


@event("media.asset.failed.v1", aggregate="asset", id_field="asset_id")
class AssetFailed(AssetState):
    """The renditions could not be made, and will not be."""

    renditions: list[RenditionState] = Field(max_length=0, examples=[[]])
    reason: str = Field(examples=["no renditions could be made of it"])


@event("media.asset.replaced.v1", aggregate="asset", id_field="asset_id", optional_subscribers=True)
class AssetReplaced(AssetState):
    """The asset shows another picture from now on, whose renditions are to be made: purge caches by its id."""

    renditions: list[RenditionState] = Field(max_length=0, examples=[[]])


@event("media.asset.removed.v1", aggregate="asset", id_field="asset_id")
class AssetRemoved(AssetState):
    """The asset is shown no more. It may come back: what is told of it later holds."""

    cause: Literal["deleted", "unused", "taken_down"] | None = Field(
        None, description="why it went to the trash; null for what is gone for good", examples=["deleted"]
    )
    uses: int = Field(
        0, description="how many objects used it when its owner, by force, or staff had it removed", examples=[2]
    )
    session_id: UUID | None = Field(
        None,
        description="the session, or personal access token, with which its owner deleted it",
        examples=["01900000-0000-7000-8000-0000000000e1"],
    )


@event("media.shown.changed.v1", aggregate="shown", id_field="asset_id", optional_subscribers=True)
class ShownChanged(EventData):
    """Addresses of the asset show something else, or nothing, from now on: caches forget what they have of it."""

    asset_id: UUID = Field(examples=[_ASSET])
