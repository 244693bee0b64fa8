"""Assets as clients see and change them in v1."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from chassis.text import readable
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from media_service.assets.models import ALT_LENGTH, Asset
from media_service.presets import PRESETS
from media_service.storage.store import EXTENSIONS

PAGE_SIZE, MAX_PAGE_SIZE = 20, 100


def _milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(_milliseconds, return_type=str)]


class AssetUrls(BaseModel):
    """Where the picture can be had; renditions answer 202 until they are made."""

    thumb: str
    medium: str
    large: str
    original: str


class AssetOut(BaseModel):
    """An asset. ``sha256`` is of the bytes that were sent, the other figures of the picture that is kept.

    ``left_out`` names what was in the picture and is not kept: the gain map, which brightens it on HDR screens.
    """

    id: UUID
    owner_id: UUID
    status: Literal["processing", "ready", "failed"]
    sha256: str
    mime: str
    bytes: int
    width: int
    height: int
    alt: str
    left_out: list[Literal["gain_map"]]
    urls: AssetUrls
    created_at: Moment


class AssetPage(BaseModel):
    """One page of a list, newest first."""

    count: int
    next: str | None
    previous: str | None
    results: list[AssetOut]


class AssetChange(BaseModel):
    """What can be changed of an asset; what is absent stays."""

    alt: Annotated[str, StringConstraints(max_length=ALT_LENGTH, pattern=r"^[^\x00]*$"), AfterValidator(readable)] = ""


class PageQuery(BaseModel):
    """Which page of a list; more than 100 a page are cut to 100."""

    model_config = ConfigDict(extra="forbid")

    page: int = Field(1, ge=1, le=1_000_000_000)
    page_size: int = Field(PAGE_SIZE, ge=1)

    @property
    def limit(self) -> int:
        return min(self.page_size, MAX_PAGE_SIZE)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit


def asset_out(asset: Asset, public_url: str) -> AssetOut:
    """An asset with addresses on the gateway."""
    own = f"{public_url}/m/{asset.id}"
    urls = {preset: f"{own}/{preset}.webp" for preset in PRESETS}
    return AssetOut(
        id=asset.id,
        owner_id=asset.owner_id,
        status=asset.status,
        sha256=asset.sha256,
        mime=asset.blob.mime,
        bytes=asset.blob.bytes,
        width=asset.blob.width,
        height=asset.blob.height,
        alt=asset.alt,
        left_out=["gain_map"] if asset.left_out else [],
        urls=AssetUrls(**urls, original=f"{own}/original.{EXTENSIONS[asset.blob.mime]}"),
        created_at=asset.created_at,
    )


def asset_page(assets: list[AssetOut], count: int, query: PageQuery, url: str) -> AssetPage:
    """A page of ``count`` assets in all; ``url`` is the list's own address."""

    def link(page: int) -> str:
        size = "" if query.page_size == PAGE_SIZE else f"&page_size={query.page_size}"
        return f"{url}?page={page}{size}"

    return AssetPage(
        count=count,
        next=link(query.page + 1) if query.offset + query.limit < count else None,
        previous=link(query.page - 1) if query.page > 1 else None,
        results=assets,
    )
