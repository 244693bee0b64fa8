"""Taking in pictures."""

from functools import partial
from typing import Any

from chassis.fastapi.authentication import Caller
from fastapi import APIRouter, BackgroundTasks, Request, Response

from media_service.assets.schemas import AssetOut, asset_out
from media_service.assets.services import asset_add
from media_service.dependencies import ScratchOfRequest, Service
from media_service.refused import REFUSED_PICTURE
from media_service.uploads.intake import take_in
from media_service.uploads.receiving import receive

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
    record = partial(asset_add, owner_id=caller.sub, sha256=upload.sha256, alt=upload.alt)
    asset = await take_in(service, upload.file, scratch, record=record, afterwards=background)
    response.headers["Location"] = f"{service.public_url}/api/v1/media/{asset.id}"
    return asset_out(asset, service.public_url)
