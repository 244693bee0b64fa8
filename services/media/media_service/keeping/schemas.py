"""Usage, and assets as v2 shows them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from chassis.fastapi.bodies import StrictBody
from chassis.text import readable
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from media_service.assets.models import NOTICE_LENGTH, Asset, AssetStatus
from media_service.assets.schemas import Alt, AssetUrls, LeftOut, Moment, urls_of
from media_service.keeping.selectors import State, state_of
from media_service.refusal_schemas import Refusal
from media_service.retention_terms import Terms


class UsedBy(BaseModel):
    """An object of the owner's that shows the picture."""

    service: str
    type: str
    id: UUID
    since: Moment


class UsageOut(BaseModel):
    """Who uses a picture, why it is kept, and when it goes to the trash, or from there for good; null: it stays."""

    used_by: list[UsedBy]
    kept_because: Literal["used", "grace", "trash"]
    goes_at: Moment | None


class InUse(Refusal):
    """Why a picture is not deleted: its usage."""

    usage: UsageOut


class PlaceholderOut(BaseModel):
    """What to show until the picture is there: a ThumbHash in base64, and the colour most of it has, as in CSS."""

    thumbhash: str
    color: str


Share = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]


class Focal(BaseModel):
    """The point that is to be seen wherever it is cropped: shares of width and height, from the top left."""

    x: Share
    y: Share


class FocalIn(Focal, StrictBody):
    """A focal point as it is sent."""


class AssetChangeV2(StrictBody):
    """What can be changed of an asset; what is absent stays, and ``focal`` null means none.

    A ``private`` one is shown to its owner, and to who has a link; its ``urls`` are 404.
    """

    alt: Alt = ""
    focal: FocalIn | None = None
    visibility: Literal["public", "private"] = "public"

    def fields(self) -> dict[str, object]:
        """The fields that were sent, as the asset has them."""
        point = self.focal and (self.focal.x, self.focal.y)
        found: dict[str, object] = {"alt": self.alt, "focal": point, "visibility": self.visibility}
        return {name: value for name, value in found.items() if name in self.model_fields_set}


class AssetV2(BaseModel):
    """An asset. ``reason`` says why it failed, or why it was taken down; ``sha256`` is of the bytes that were sent.

    ``revision`` counts the pictures it has shown; ``urls`` carry it. ``animated`` ones move, with their timing, in
    ``original`` alone, and null is of one that was stored before this was told: nobody has looked yet.
    """

    id: UUID
    owner_id: UUID
    state: State
    reason: str | None
    sha256: str
    mime: str
    bytes: int
    width: int
    height: int
    animated: bool | None
    alt: str
    focal: Focal | None
    visibility: Literal["public", "private"]
    left_out: LeftOut
    placeholder: PlaceholderOut | None
    revision: int
    urls: AssetUrls
    created_at: Moment


class AssetsV2(BaseModel):
    """Some of a list, newest first."""

    items: list[AssetV2]
    next_cursor: str | None


class Takedown(StrictBody):
    """Why a picture is taken down, for its owner."""

    reason: Annotated[
        str,
        StringConstraints(min_length=1, max_length=NOTICE_LENGTH),
        AfterValidator(readable),
    ]


def asset_v2(asset: Asset, pictures_url: str, *, terms: Terms, now: datetime) -> AssetV2:
    """An asset as its owner sees it now."""
    facts = {name: getattr(asset, name) for name in _FACTS}
    return AssetV2(
        **facts,
        state=state_of(asset, terms=terms, now=now),
        reason=asset.notice or asset.reason,
        focal=Focal(x=asset.focal[0], y=asset.focal[1]) if asset.focal else None,
        placeholder=_placeholder(asset),
        urls=urls_of(asset, pictures_url),
    )


def _placeholder(asset: Asset) -> PlaceholderOut | None:
    """None before it is ready, though the same picture of another asset may have one."""
    if asset.status != AssetStatus.READY or not asset.blob.thumbhash:
        return None
    return PlaceholderOut(thumbhash=asset.blob.thumbhash, color=asset.blob.color)


_FACTS = (
    *("id", "owner_id", "sha256", "mime", "bytes", "width", "height", "animated", "alt", "visibility"),
    *("left_out", "revision", "created_at"),
)
