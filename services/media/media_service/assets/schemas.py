"""Assets as clients see and change them in v1."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from chassis.clock import format_timestamp
from chassis.problems import FieldError, invalid_fields
from chassis.text import readable
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

from media_service.assets.models import ALT_LENGTH, Asset
from media_service.presets import PRESETS
from media_service.storage.store import EXTENSIONS

Moment = Annotated[datetime, PlainSerializer(format_timestamp, return_type=str)]
LeftOut = Annotated[list[Literal["gain_map", "animation", "pictures"]], BeforeValidator(str.split)]

Alt = Annotated[str, StringConstraints(max_length=ALT_LENGTH), AfterValidator(readable)]


SAID_BY_CHANGE = ("focal", "visibility")
"""What is said of an asset by PATCH /api/v2/assets/{id} alone."""


def said_elsewhere(name: str) -> FieldError:
    """The fault of such a field where it would be overlooked."""
    return FieldError(f"/{name}", "unknown", "Only PATCH /api/v2/assets/{id} can say this.")


class AssetUrls(BaseModel):
    """Where the picture can be had; renditions answer 202 until they are made."""

    thumb: str
    medium: str
    large: str
    original: str


class AssetFacts(BaseModel):
    """What an asset's row tells of it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    owner_id: UUID
    status: Literal["processing", "ready", "failed"]
    sha256: str
    mime: str
    bytes: int
    width: int
    height: int
    alt: str
    left_out: LeftOut
    created_at: Moment


class AssetOut(AssetFacts):
    """An asset. ``sha256`` is of the bytes that were sent, the other figures of the picture that is kept.

    ``left_out`` names what was in the file and is not kept: the gain map, which brightens it on HDR screens; the
    animation that it stands for; other pictures beside the first.
    """

    urls: AssetUrls


class AssetPage(BaseModel):
    """One page of a list, newest first."""

    count: int
    next: str | None
    previous: str | None
    results: list[AssetOut]


class AssetChange(BaseModel):
    """What can be changed of an asset; what is absent stays."""

    alt: Alt = ""

    @model_validator(mode="before")
    @classmethod
    def _nothing_of_version_2(cls, sent: Any) -> Any:
        """What version 2 alone can do is refused: who asks for a private picture must not take it for one."""
        if isinstance(sent, dict) and (wrong := [name for name in SAID_BY_CHANGE if name in sent]):
            raise invalid_fields([said_elsewhere(name) for name in wrong])
        return sent


def asset_out(asset: Asset, pictures_url: str) -> AssetOut:
    """An asset with addresses on the gateway."""
    facts = AssetFacts.model_validate(asset)
    return AssetOut.model_construct(**dict(facts), urls=urls_of(asset, pictures_url))


def urls_of(asset: Asset, pictures_url: str) -> AssetUrls:
    """The addresses of an asset on the gateway; of its sizes each client is given the form that it takes."""
    own = f"{pictures_url}/m/{asset.id}/{asset.revision}"
    urls = {preset: f"{own}/{preset}" for preset in PRESETS}
    return AssetUrls(**urls, original=f"{own}/original.{EXTENSIONS[asset.mime]}")
