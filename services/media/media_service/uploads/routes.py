"""Taking in pictures."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.fastapi.authentication import Caller
from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.concurrency import run_in_threadpool

from media_service.assets.models import Asset
from media_service.assets.schemas import AssetOut, asset_out
from media_service.assets.services import asset_add
from media_service.dependencies import ScratchOfRequest, Service, WebService
from media_service.pictures.cleaning import CleanPicture, clean
from media_service.refused import REFUSED_PICTURE
from media_service.storage.store import folder_of
from media_service.uploads.queueing import ask_for_renditions
from media_service.uploads.receiving import Upload, receive
from media_service.uploads.services import picture_put

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "alt": {"type": "string", "maxLength": 1000},
                    },
                }
            }
        },
    }
}

router = APIRouter(prefix="/api/v1/media", tags=["media"])


@router.post("", status_code=201, openapi_extra=BODY, responses=REFUSED_PICTURE)
async def upload_picture(  # noqa: PLR0913  each is a dependency
    request: Request,
    response: Response,
    background: BackgroundTasks,
    caller: Caller,
    *,
    service: Service,
    scratch: ScratchOfRequest,
) -> AssetOut:
    """Take in a picture: a JPEG, PNG, WebP, AVIF or GIF file, and what it shows in words."""
    upload = await receive(request, scratch, service.room, max_file_bytes=service.settings.max_upload_bytes)
    picture = await service.decoders.run(clean, upload.file, service.settings.limits, scratch, service.memory)
    asset = await _keep(service, upload, picture, background, owner_id=caller.sub)
    response.headers["Location"] = f"{service.public_url}/api/v1/media/{asset.id}"
    return asset_out(asset, service.public_url)


async def _keep(
    service: WebService, upload: Upload, picture: CleanPicture, background: BackgroundTasks, *, owner_id: UUID
) -> Asset:
    """Store the file, then the row. If that fails, nobody knows whether it was committed: the sweep will see."""
    now = datetime.now(UTC)
    blob = await run_in_threadpool(picture_put, service.store, picture, now=now)
    asset = await service.database.write(
        asset_add,
        blob,
        owner_id=owner_id,
        sha256=upload.sha256,
        alt=upload.alt,
        now=now,
        left_out=picture.left_out,
    )
    background.add_task(ask_for_renditions, asset.id)
    if asset.blob_id != blob.id:  # the same picture was there already
        background.add_task(service.store.remove, folder_of(blob.id))  # so that the answer takes the same time
    return asset
