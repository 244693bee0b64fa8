"""Pictures as the public sees them: whoever knows the address may have the file, and keep it for a while."""

from typing import Any

from chassis.problems import Problem
from fastapi import APIRouter, Request, Response

from media_service.assets.models import Asset, AssetStatus
from media_service.dependencies import AssetId, Service, WebService
from media_service.pictures.encoding import AVIF, JPEG, WEBP
from media_service.presets import PRESETS
from media_service.renditions.accept import accepted
from media_service.renditions.selectors import rendition_get, shown_asset
from media_service.storage.models import Rendition, RenditionForm
from media_service.storage.serving import PICTURE, StoredFile, original, serve
from media_service.storage.store import EXTENSIONS, key_of

LIFE = "public, max-age=86400, s-maxage=3600"
"""A day in browsers, an hour in shared caches: what is taken down or erased leaves them by itself, or by a purge."""
LIFE_UNTIL_SMALLER = "public, max-age=60, s-maxage=60"
"""Of a form that stands for a smaller one, which is being made."""
FORM_SECONDS = 2.0  # a request waits for a form that is made while it is there
RETRY_SECONDS = 1
FORMS = {"webp": WEBP, "avif": AVIF, "jpg": JPEG}
BEING_MADE: dict[int | str, dict[str, Any]] = {202: {"description": "It is being made; come back after Retry-After"}}
CHOSEN = {"Vary": "Accept"}

router = APIRouter(prefix="/m", tags=["pictures"])


@router.head("/{asset_id}/{preset}.{extension}", include_in_schema=False)
@router.get("/{asset_id}/{preset}.{extension}", responses=PICTURE | BEING_MADE, response_class=Response)
async def show_picture(
    request: Request, asset_id: AssetId, preset: str, extension: str, *, service: Service
) -> Response:
    """A rendition (thumb, medium or large as webp, avif or jpg) or the original; 202 while a rendition is made."""
    asset = await service.database.read(shown_asset, asset_id)
    if asset is None or not _is_offered(asset, preset, extension):
        raise _unknown()
    if preset == "original":
        return await serve(request, service.store, original(asset.blob, asset.id, asset.created_at), cache_control=LIFE)
    rendition = await _rendition(service, asset, preset)
    found = rendition and await _form(service, asset, rendition, FORMS[extension], seconds=FORM_SECONDS)
    return await _shown(request, service, asset, found, LIFE) if found else _being_made()


@router.head("/{asset_id}/{preset}", include_in_schema=False)
@router.get("/{asset_id}/{preset}", responses=PICTURE | BEING_MADE, response_class=Response)
async def show_picture_as_accepted(request: Request, asset_id: AssetId, preset: str, *, service: Service) -> Response:
    """A rendition in the smallest form that Accept names, of AVIF and WebP, else as JPEG; 202 while it is made."""
    asset = await service.database.read(shown_asset, asset_id)
    if asset is None or preset not in PRESETS:
        raise _unknown()
    rendition = await _rendition(service, asset, preset)
    if rendition is None:
        return _being_made(**CHOSEN)
    wanted = accepted(request.headers.get("accept", ""))
    is_urgent = wanted == JPEG  # whoever takes AVIF is given WebP until there is one
    found = await _form(service, asset, rendition, wanted, seconds=FORM_SECONDS * is_urgent)
    if found is None and is_urgent:
        return _being_made(**CHOSEN)
    life = LIFE if found else LIFE_UNTIL_SMALLER
    return await _shown(request, service, asset, found or rendition, life, **CHOSEN)


async def _rendition(service: WebService, asset: Asset, preset: str) -> Rendition | None:
    """None while it is being made; raises Problem 404 if it could not be."""
    rendition = await service.database.read(rendition_get, asset.blob_id, preset)
    if asset.status == AssetStatus.FAILED:
        raise Problem(404, "rendition_failed", f"This size could not be made: {asset.reason}.")
    return None if asset.status == AssetStatus.PROCESSING else rendition  # though somebody else's may be there


async def _form(
    service: WebService, asset: Asset, rendition: Rendition, mime: str, *, seconds: float
) -> Rendition | RenditionForm | None:
    if mime == rendition.mime:
        return rendition
    return await service.forms.get(rendition, asset.blob, mime, seconds=seconds)


async def _shown(
    request: Request,
    service: WebService,
    asset: Asset,
    found: Rendition | RenditionForm,
    life: str,
    **headers: str,
) -> Response:
    file = StoredFile(
        key=key_of(asset.blob_id, found.sha256, found.mime),
        name=f"{asset.id}-{found.preset}.{EXTENSIONS[found.mime]}",
        cache_tag=str(asset.id),
        sha256=found.sha256,
        mime=found.mime,
        bytes=found.bytes,
        modified=asset.created_at,
    )
    return await serve(request, service.store, file, cache_control=life, **headers)


def _being_made(**headers: str) -> Response:
    sent = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store", **headers}
    return Response(status_code=202, headers=sent)


def _unknown() -> Problem:
    return Problem(404, "not_found", "There is no such picture.")


def _is_offered(asset: Asset, preset: str, extension: str) -> bool:
    if preset == "original":
        return extension == EXTENSIONS[asset.blob.mime]
    return preset in PRESETS and extension in FORMS
