"""Showing a picture in one of its sizes, whoever may see it, and for however long caches may have it."""

from fastapi import Request, Response

from media_service.assets.models import Asset, AssetStatus
from media_service.dependencies import WebService
from media_service.pictures.forms import BY_EXTENSION, JPEG
from media_service.presets import PRESETS
from media_service.renditions import answers
from media_service.renditions.accept import accepted
from media_service.renditions.answers import being_made, failed, life, unknown
from media_service.renditions.forms import Forms
from media_service.renditions.selectors import rendition_get
from media_service.storage.models import Rendition, RenditionForm
from media_service.storage.serving import original, rendition_file, serve
from media_service.storage.store import EXTENSIONS

LIFE = life()
LIFE_UNTIL_SMALLER = life(60)
"""The life of a form that stands for a smaller one, which is being made."""
ASKED_EACH_TIME = "public, no-cache"
"""The life of an address without a revision."""
CHOSEN = {"Vary": "Accept"}


async def show(  # noqa: PLR0913  each is a part of the address
    request: Request, service: WebService, asset: Asset, preset: str, extension: str, *, life: str
) -> Response:
    if not was_offered(preset, extension) or extension != (extension_of(asset, preset) or extension):
        raise unknown()
    if preset == "original":
        return await serve(
            request, service.store, original(asset.blob, asset.id, asset.shown_since), cache_control=life
        )
    rendition = await _rendition(service, asset, preset)
    found = rendition and await _form(request, asset, rendition, BY_EXTENSION[extension], seconds=answers.FORM_SECONDS)
    return await _shown(request, service, asset, found, life) if found else being_made()


async def show_as_accepted(request: Request, service: WebService, asset: Asset, preset: str, *, life: str) -> Response:
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
    if found and not found.sha256 and not is_urgent:  # there will be none
        found = rendition
    if found is None and life == LIFE:
        life = LIFE_UNTIL_SMALLER
    return await _shown(request, service, asset, found or rendition, life, **CHOSEN)


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
    return await forms.get(asset, rendition.preset, mime, seconds=seconds)


async def _shown(
    request: Request,
    service: WebService,
    asset: Asset,
    found: Rendition | RenditionForm,
    life: str,
    **headers: str,
) -> Response:
    if not found.sha256:
        raise failed("it cannot be drawn in this form")
    file = rendition_file(found, asset.blob_id, asset.id, asset.shown_since)
    return await serve(request, service.store, file, cache_control=life, **headers)


def was_offered(preset: str, extension: str) -> bool:
    """Whether any picture has such an address."""
    return extension in EXTENSIONS.values() if preset == "original" else preset in PRESETS and extension in BY_EXTENSION


def extension_of(asset: Asset, preset: str) -> str | None:
    """The one an address of the asset must have; None for what is made in several forms."""
    return EXTENSIONS[asset.blob.mime] if preset == "original" else None
