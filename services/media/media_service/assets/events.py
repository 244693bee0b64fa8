"""What media tells the others about assets."""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from chassis.events.types import EventData, event
from pydantic import Field

from media_service.assets.models import Asset
from media_service.renditions.models import Rendition

_ASSET = "01900000-0000-7000-8000-000000000101"
_OWNER = "01900000-0000-7000-8000-0000000000a1"
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
    renditions: list[RenditionState] = Field(description="empty until the asset is ready")
    reason: str | None = Field(description="why there are no renditions, if the asset failed", examples=[None])


@event("media.asset.uploaded.v1", aggregate="asset", id_field="asset_id", optional_subscribers=True)
class AssetUploaded(AssetState):
    """A picture was taken in; its renditions are to be made."""


@event("media.asset.ready.v1", aggregate="asset", id_field="asset_id")
class AssetReady(AssetState):
    """All renditions can be fetched."""


@event("media.asset.failed.v1", aggregate="asset", id_field="asset_id")
class AssetFailed(AssetState):
    """The renditions could not be made, and will not be."""


@event("media.asset.removed.v1", aggregate="asset", id_field="asset_id", optional_subscribers=True)
class AssetRemoved(AssetState):
    """The asset and its files are gone."""


def state_of(asset: Asset, renditions: Iterable[Rendition] = ()) -> dict[str, Any]:
    """The fields of AssetState."""
    made = [RenditionState(preset=made.preset, width=made.width, height=made.height) for made in renditions]
    return {
        "asset_id": asset.id,
        "owner_id": asset.owner_id,
        "sha256": asset.sha256,
        "mime": asset.blob.mime,
        "width": asset.blob.width,
        "height": asset.blob.height,
        "renditions": made,
        "reason": asset.reason,
    }
