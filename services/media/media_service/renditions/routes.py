"""Pictures as the public sees them: whoever knows the address may have the file, and keep it for a while.

An address carries the revision of its asset, and shows that or leads to the present one. One without shows the present
one, and is asked for each time.
"""

import re
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from media_service.assets.models import Asset
from media_service.dependencies import AssetId, Service, WebService
from media_service.presets import PRESETS
from media_service.renditions.answers import BEING_MADE, unknown
from media_service.renditions.selectors import public_asset
from media_service.renditions.showing import ASKED_EACH_TIME, LIFE, extension_of, show, show_as_accepted, was_offered
from media_service.storage.serving import PICTURE

REPLACED: dict[int | str, dict[str, Any]] = {308: {"description": "It was replaced; there is the present one"}}
_REVISION = re.compile("[1-9][0-9]{0,8}")

router = APIRouter(prefix="/m", tags=["pictures"])


@router.head("/{asset_id}/{preset}.{extension}", include_in_schema=False)
@router.get("/{asset_id}/{preset}.{extension}", responses=PICTURE | BEING_MADE, response_class=Response)
async def show_picture(
    request: Request, asset_id: AssetId, preset: str, extension: str, *, service: Service
) -> Response:
    """A rendition (thumb, medium or large as webp, avif or jpg) or the original; 202 while a rendition is made."""
    asset = await _present(service, asset_id)
    return await show(request, service, asset, preset, extension, life=ASKED_EACH_TIME)


@router.head("/{asset_id}/{preset}", include_in_schema=False)
@router.get("/{asset_id}/{preset}", responses=PICTURE | BEING_MADE, response_class=Response)
async def show_picture_as_accepted(request: Request, asset_id: AssetId, preset: str, *, service: Service) -> Response:
    """A rendition in the smallest form that Accept names, of AVIF and WebP, else as JPEG; 202 while it is made."""
    asset = await _present(service, asset_id)
    return await show_as_accepted(request, service, asset, preset, life=ASKED_EACH_TIME)


@router.head("/{asset_id}/{revision}/{preset}.{extension}", include_in_schema=False)
@router.get(
    "/{asset_id}/{revision}/{preset}.{extension}", responses=PICTURE | BEING_MADE | REPLACED, response_class=Response
)
async def show_revision(  # noqa: PLR0913, PLR0917  each is a part of the address
    request: Request, asset_id: AssetId, revision: str, preset: str, extension: str, service: Service
) -> Response:
    """A rendition of one revision of the asset; an older one leads to the present one, and is never shown again."""
    asset = await _present(service, asset_id)
    if revision == str(asset.revision):
        return await show(request, service, asset, preset, extension, life=LIFE)
    if not _was(asset, revision) or not was_offered(preset, extension):
        raise unknown()
    return _leads_to(service, asset, f"{preset}.{extension_of(asset, preset) or extension}")


@router.head("/{asset_id}/{revision}/{preset}", include_in_schema=False)
@router.get("/{asset_id}/{revision}/{preset}", responses=PICTURE | BEING_MADE | REPLACED, response_class=Response)
async def show_revision_as_accepted(
    request: Request, asset_id: AssetId, revision: str, preset: str, *, service: Service
) -> Response:
    """A rendition of one revision of the asset, in the form that Accept names."""
    asset = await _present(service, asset_id)
    if revision == str(asset.revision):
        return await show_as_accepted(request, service, asset, preset, life=LIFE)
    if not _was(asset, revision) or preset not in PRESETS:
        raise unknown()
    return _leads_to(service, asset, preset)


async def _present(service: WebService, asset_id: UUID) -> Asset:
    asset = await service.database.read(public_asset, asset_id)
    if asset is None:
        raise unknown()
    return asset


def _leads_to(service: WebService, asset: Asset, name: str) -> Response:
    present = f"{service.pictures_url}/m/{asset.id}/{asset.revision}/{name}"
    tag = str(asset.id)
    return RedirectResponse(present, 308, {"Cache-Control": LIFE, "Cache-Tag": tag, "Surrogate-Key": tag})


def _was(asset: Asset, revision: str) -> bool:
    """Whether the asset had such a revision before, in its one spelling."""
    return bool(_REVISION.fullmatch(revision)) and int(revision) < asset.revision
