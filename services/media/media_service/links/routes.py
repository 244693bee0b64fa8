"""Links that end: whoever has one sees one size of one picture, private ones too, and no cache keeps it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from chassis.fastapi.authentication import Caller
from chassis.fastapi.routing import StrictJsonRoute
from fastapi import APIRouter, Depends, Path, Request, Response

from media_service.assets.selectors import asset_get
from media_service.cache_headers import PRIVATE
from media_service.dependencies import AssetId, Service, signed_path
from media_service.links.schemas import Link, LinkUrl
from media_service.renditions.answers import BEING_MADE, unknown
from media_service.renditions.selectors import shown_asset
from media_service.renditions.showing import show, show_as_accepted
from media_service.signed_paths import SignedPath
from media_service.signing import Purpose
from media_service.storage.serving import PICTURE
from media_service.storage.store import EXTENSIONS

ROOT = "l"
REFUSED: dict[int | str, dict[str, Any]] = {403: {"description": "`signature_invalid`: not signed here, or changed"}}

router = APIRouter(prefix="/api/v2/assets", tags=["assets"], route_class=StrictJsonRoute)
public = APIRouter(prefix=f"/{ROOT}", tags=["pictures"])


@router.post("/{asset_id}/links", status_code=201)
async def make_link(asset_id: AssetId, link: Link, caller: Caller, response: Response, service: Service) -> LinkUrl:
    """A link to one of the caller's pictures, private or not, that ends by itself, and at once with the picture."""
    response.headers["Cache-Control"] = PRIVATE
    asset = await service.database.read(asset_get, asset_id, caller.sub)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=link.expires_in)
    path = SignedPath(ROOT, asset.id, until, f"/{link.preset}").signed(service.signing_keys(Purpose.LINKS))
    return LinkUrl(url=service.pictures_url + path, expires_at=until)


Segment = Annotated[str, Path(description="as POST assets/{id}/links gives it")]


async def _told(signature: Segment, preset: Segment) -> None:
    """What the contract has of such an address."""


Signed = Annotated[SignedPath, Depends(signed_path(Purpose.LINKS))]


@public.head("/{signature}/{preset}", include_in_schema=False)
@public.get(
    "/{signature}/{preset}",
    responses=PICTURE | BEING_MADE | REFUSED,
    response_class=Response,
    dependencies=[Depends(_told)],
)
async def show_linked(request: Request, path: Signed, service: Service) -> Response:
    """A picture by a link, until it ends; a rendition in the form that Accept names."""
    preset = path.tail.removeprefix("/")
    asset = await service.database.read(shown_asset, path.asset_id) if path.seconds_left(datetime.now(UTC)) else None
    if asset is None:
        raise unknown()
    if preset == "original":
        return await show(request, service, asset, preset, EXTENSIONS[asset.mime], life=PRIVATE)
    return await show_as_accepted(request, service, asset, preset, life=PRIVATE)
