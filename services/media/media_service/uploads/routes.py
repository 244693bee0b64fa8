"""Taking in pictures."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chassis.fastapi.authentication import Caller
from chassis.idempotency import RUNNING, Attempt, KeptAnswer, attempt_of
from fastapi import APIRouter, BackgroundTasks, Request, Response
from sqlalchemy.orm import Session

from media_service.assets.models import Asset
from media_service.assets.schemas import AssetOut, asset_out
from media_service.assets.services import asset_add
from media_service.dependencies import ScratchOfRequest, Service, WebService
from media_service.quota.services import storage_require_room
from media_service.refusal_schemas import REFUSED_PICTURE
from media_service.storage.models import Blob
from media_service.uploads.intake import take_in
from media_service.uploads.once import IdempotencyKey, Keep, create_once
from media_service.uploads.receiving import MAX_OTHER_BYTES, Upload, receive

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


@router.post("", status_code=201, response_model=AssetOut, openapi_extra=BODY, responses=REFUSED_PICTURE)
async def upload_picture(  # noqa: PLR0913  each is a dependency
    request: Request,
    background: BackgroundTasks,
    caller: Caller,
    *,
    idempotency_key: IdempotencyKey = None,
    service: Service,
    scratch: ScratchOfRequest,
) -> Response:
    """Take in a picture: a JPEG, PNG, WebP, AVIF or GIF file, and what it shows in words."""
    quota_bytes, announced = service.settings.quota_bytes, int(request.headers.get("content-length", "0"))
    picture = max(announced - MAX_OTHER_BYTES, 0)
    if idempotency_key is None:  # with one it may be a picture that is there, and counted, already
        await service.database.read(storage_require_room, caller.sub, picture, most=quota_bytes)
    room, max_bytes = service.room.of(caller.sub), service.settings.max_upload_bytes
    upload = await receive(request, scratch, room, max_file_bytes=max_bytes)

    async def create(keep: Keep) -> KeptAnswer:
        def record(session: Session, blob: Blob, /, *, left_out: str, now: datetime) -> Asset:
            said = partial(asset_add, sha256=upload.sha256, alt=upload.alt, left_out=left_out)
            asset = said(session, blob, owner_id=caller.sub, now=now, quota_bytes=quota_bytes)
            keep(session, _answer(asset, service))
            return asset

        asset = await take_in(
            service, request, upload.file, scratch, owner_id=caller.sub, record=record, afterwards=background
        )
        return _answer(asset, service)

    running = RUNNING + timedelta(seconds=service.decoder.longest)
    return await create_once(service.database, _attempt(idempotency_key, caller.sub, upload, running), create)


def _attempt(key: str | None, caller: UUID, upload: Upload, running: timedelta) -> Attempt | None:
    """What was sent is the picture and the words, however the form has put them."""
    if key is None:
        return None
    sent = f"{upload.sha256} {upload.alt}".encode()
    return replace(attempt_of(key, caller=caller, method="POST", path=router.prefix, sent=sent), running=running)


def _answer(asset: Asset, service: WebService) -> KeptAnswer:
    location = f"{service.public_url}{router.prefix}/{asset.id}"
    return KeptAnswer(201, {"Location": location}, asset_out(asset, service.pictures_url).model_dump_json())
