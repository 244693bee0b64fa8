"""Pictures as the public sees them: whoever knows the address may have the file, and keep it for a while."""

from typing import Any

from chassis.problems import Problem
from fastapi import APIRouter, Request, Response

from media_service.assets.models import Asset, AssetStatus
from media_service.dependencies import AssetId, Service
from media_service.presets import PRESETS
from media_service.renditions.selectors import rendition_get, shown_asset
from media_service.storage.serving import PICTURE, StoredFile, original, serve
from media_service.storage.store import EXTENSIONS, key_of

LIFE = "public, max-age=86400, s-maxage=3600"
"""A day in browsers, an hour in shared caches: what is taken down or erased leaves them by itself, or by a purge."""
RETRY_SECONDS = 1
BEING_MADE: dict[int | str, dict[str, Any]] = {202: {"description": "It is being made; come back after Retry-After"}}

router = APIRouter(prefix="/m", tags=["pictures"])


@router.head("/{asset_id}/{preset}.{extension}", include_in_schema=False)
@router.get("/{asset_id}/{preset}.{extension}", responses=PICTURE | BEING_MADE, response_class=Response)
async def show_picture(
    request: Request, asset_id: AssetId, preset: str, extension: str, *, service: Service
) -> Response:
    """A rendition (thumb, medium or large as webp) or the original; 202 while a rendition is being made."""
    asset = await service.database.read(shown_asset, asset_id)
    if asset is None or not _is_offered(asset, preset, extension):
        raise Problem(404, "not_found", "There is no such picture.")
    if preset == "original":
        return await serve(request, service.store, original(asset.blob, asset.id, asset.created_at), cache_control=LIFE)
    rendition = await service.database.read(rendition_get, asset.blob_id, preset)
    if asset.status == AssetStatus.FAILED:
        raise Problem(404, "rendition_failed", f"This size could not be made: {asset.reason}.")
    if rendition is None or asset.status == AssetStatus.PROCESSING:  # though somebody else's may be there
        return Response(status_code=202, headers={"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"})
    file = StoredFile(
        key=key_of(asset.blob_id, rendition.sha256, rendition.mime),
        name=f"{asset.id}-{preset}.{extension}",
        cache_tag=str(asset.id),
        sha256=rendition.sha256,
        mime=rendition.mime,
        bytes=rendition.bytes,
        modified=asset.created_at,
    )
    return await serve(request, service.store, file, cache_control=LIFE)


def _is_offered(asset: Asset, preset: str, extension: str) -> bool:
    if preset == "original":
        return extension == EXTENSIONS[asset.blob.mime]
    return preset in PRESETS and extension == "webp"
