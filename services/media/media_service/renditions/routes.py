"""Pictures as the public sees them: whoever knows the address may have the file, and keep it for a while.

An address carries the revision of its asset, and shows that or leads to the present one. One without shows the present
one, and is asked for each time.
"""

import re
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from media_service.assets.models import Asset, AssetStatus
from media_service.dependencies import AssetId, Service, WebService
from media_service.pictures.forms import BY_EXTENSION, JPEG
from media_service.presets import PRESETS
from media_service.renditions import answers
from media_service.renditions.accept import accepted
from media_service.renditions.answers import BEING_MADE, being_made, failed, life, unknown
from media_service.renditions.forms import Forms
from media_service.renditions.selectors import rendition_get, shown_asset
from media_service.storage.models import Rendition, RenditionForm
from media_service.storage.serving import PICTURE, StoredFile, original, serve
from media_service.storage.store import EXTENSIONS, key_of

LIFE = life()
LIFE_UNTIL_SMALLER = life(60)
"""Of a form that stands for a smaller one, which is being made."""
ASKED_EACH_TIME = "public, no-cache"
REPLACED: dict[int | str, dict[str, Any]] = {308: {"description": "It was replaced; there is the present one"}}
_REVISION = re.compile("[1-9][0-9]{0,8}")
CHOSEN = {"Vary": "Accept"}

router = APIRouter(prefix="/m", tags=["pictures"])


@router.head("/{asset_id}/{preset}.{extension}", include_in_schema=False)
@router.get("/{asset_id}/{preset}.{extension}", responses=PICTURE | BEING_MADE, response_class=Response)
async def show_picture(
    request: Request, asset_id: AssetId, preset: str, extension: str, *, service: Service
) -> Response:
    """A rendition (thumb, medium or large as webp, avif or jpg) or the original; 202 while a rendition is made."""
    asset = await _present(service, asset_id)
    return await _show(request, service, asset, preset, extension, life=ASKED_EACH_TIME)


@router.head("/{asset_id}/{preset}", include_in_schema=False)
@router.get("/{asset_id}/{preset}", responses=PICTURE | BEING_MADE, response_class=Response)
async def show_picture_as_accepted(request: Request, asset_id: AssetId, preset: str, *, service: Service) -> Response:
    """A rendition in the smallest form that Accept names, of AVIF and WebP, else as JPEG; 202 while it is made."""
    asset = await _present(service, asset_id)
    return await _show_as_accepted(request, service, asset, preset, life=ASKED_EACH_TIME)


@router.head("/{asset_id}/{revision}/{preset}.{extension}", include_in_schema=False)
@router.get(
    "/{asset_id}/{revision}/{preset}.{extension}", responses=PICTURE | BEING_MADE | REPLACED, response_class=Response
)
async def show_revision(  # noqa: PLR0913, PLR0917  each is a part of the address
    request: Request, asset_id: AssetId, revision: str, preset: str, extension: str, service: Service
) -> Response:
    """The same of one revision of the asset; an older one leads to the present one, and is never shown again."""
    asset = await _present(service, asset_id)
    if revision == str(asset.revision):
        return await _show(request, service, asset, preset, extension, life=LIFE)
    if not _was(asset, revision) or not _was_offered(preset, extension):
        raise unknown()
    return _leads_to(service, asset, f"{preset}.{_extension(asset, preset) or extension}")


@router.head("/{asset_id}/{revision}/{preset}", include_in_schema=False)
@router.get("/{asset_id}/{revision}/{preset}", responses=PICTURE | BEING_MADE | REPLACED, response_class=Response)
async def show_revision_as_accepted(
    request: Request, asset_id: AssetId, revision: str, preset: str, *, service: Service
) -> Response:
    """As above, in the form that Accept names."""
    asset = await _present(service, asset_id)
    if revision == str(asset.revision):
        return await _show_as_accepted(request, service, asset, preset, life=LIFE)
    if not _was(asset, revision) or preset not in PRESETS:
        raise unknown()
    return _leads_to(service, asset, preset)


async def _present(service: WebService, asset_id: UUID) -> Asset:
    asset = await service.database.read(shown_asset, asset_id)
    if asset is None:
        raise unknown()
    return asset


async def _show(  # noqa: PLR0913  each is a part of the address
    request: Request, service: WebService, asset: Asset, preset: str, extension: str, *, life: str
) -> Response:
    if not _was_offered(preset, extension) or extension != (_extension(asset, preset) or extension):
        raise unknown()
    if preset == "original":
        return await serve(
            request, service.store, original(asset.blob, asset.id, asset.shown_since), cache_control=life
        )
    rendition = await _rendition(service, asset, preset)
    found = rendition and await _form(request, asset, rendition, BY_EXTENSION[extension], seconds=answers.FORM_SECONDS)
    return await _shown(request, service, asset, found, life) if found else being_made()


async def _show_as_accepted(request: Request, service: WebService, asset: Asset, preset: str, *, life: str) -> Response:
    if preset not in PRESETS:
        raise unknown()
    rendition = await _rendition(service, asset, preset)
    if rendition is None:
        return being_made(**CHOSEN)
    wanted = accepted(request.headers.get("accept", ""))
    is_urgent = wanted == JPEG  # whoever takes AVIF is given WebP until there is one
    found = await _form(request, asset, rendition, wanted, seconds=answers.FORM_SECONDS * is_urgent)
    if found is None and is_urgent:
        return being_made(**CHOSEN)
    if found is None and life == LIFE:
        life = LIFE_UNTIL_SMALLER
    return await _shown(request, service, asset, found or rendition, life, **CHOSEN)


def _leads_to(service: WebService, asset: Asset, name: str) -> Response:
    present = f"{service.public_url}/m/{asset.id}/{asset.revision}/{name}"
    tag = str(asset.id)
    return RedirectResponse(present, 308, {"Cache-Control": LIFE, "Cache-Tag": tag, "Surrogate-Key": tag})


async def _rendition(service: WebService, asset: Asset, preset: str) -> Rendition | None:
    """None while it is being made; raises Problem 404 if it could not be."""
    rendition = await service.database.read(rendition_get, asset.blob_id, preset)
    if asset.status == AssetStatus.FAILED:
        raise failed(asset.reason or "")
    return None if asset.status == AssetStatus.PROCESSING else rendition  # though somebody else's may be there


async def _form(
    request: Request, asset: Asset, rendition: Rendition, mime: str, *, seconds: float
) -> Rendition | RenditionForm | None:
    if mime == rendition.mime:
        return rendition
    forms: Forms = request.app.state.forms
    return await forms.get(rendition, asset.blob, mime, user=asset.owner_id, seconds=seconds)


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
        modified=asset.shown_since,
    )
    return await serve(request, service.store, file, cache_control=life, **headers)


def _was_offered(preset: str, extension: str) -> bool:
    """Whether any picture has such an address."""
    return extension in EXTENSIONS.values() if preset == "original" else preset in PRESETS and extension in BY_EXTENSION


def _extension(asset: Asset, preset: str) -> str | None:
    """The one an address of the asset must have; None for what is made in several forms."""
    return EXTENSIONS[asset.blob.mime] if preset == "original" else None


def _was(asset: Asset, revision: str) -> bool:
    """Whether the asset had such a revision before, in its one spelling."""
    return bool(_REVISION.fullmatch(revision)) and int(revision) < asset.revision
