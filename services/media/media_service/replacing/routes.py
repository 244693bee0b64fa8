"""Another picture for an asset: its id stays, and so does whatever shows it."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from chassis.fastapi.authentication import Caller
from chassis.preconditions import if_match
from fastapi import APIRouter, BackgroundTasks, Header, Request, Response
from sqlalchemy.orm import Session

from media_service.assets.models import Asset
from media_service.assets.selectors import asset_get
from media_service.assets.services import asset_replace
from media_service.dependencies import AssetId, ScratchOfRequest, Service
from media_service.keeping.answers import answer
from media_service.keeping.schemas import AssetV2
from media_service.storage.models import Blob
from media_service.transforms.services import derivatives_forget
from media_service.uploads.intake import take_in
from media_service.uploads.receiving import receive_file

BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}
}
REFUSED: dict[int | str, dict[str, Any]] = {
    412: {"description": "`precondition_failed`: it has changed since"},
    413: {"description": "`too_large` with its `cause`; `quota_exceeded`"},
    415: {"description": "`unsupported_media_type`: not a picture of a type that is taken, as `cause` names it"},
    422: {"description": "`image_refused`: not a sound picture, with its `cause`; `validation_failed`: an empty body"},
    428: {"description": "`precondition_required`: say by If-Match which one is to be replaced"},
}
IfMatchTag = Annotated[str | None, Header(alias="If-Match", description="the ETag of the asset")]

router = APIRouter(prefix="/api/v2/assets", tags=["assets"])


@router.put("/{asset_id}/content", response_model=AssetV2, openapi_extra=BODY, responses=REFUSED)
async def replace_content(  # noqa: PLR0913  each is a dependency
    request: Request,
    asset_id: AssetId,
    background: BackgroundTasks,
    caller: Caller,
    *,
    tag: IfMatchTag = None,
    service: Service,
    scratch: ScratchOfRequest,
) -> Response:
    """Let one of the caller's assets show the picture that the body is; addresses of the old one lead to it."""
    matching, settings = if_match(tag), service.settings
    shown = await service.database.read(asset_get, asset_id, caller.sub)
    matching.require_version(shown.version)
    upload = await receive_file(request, scratch, service.room.of(caller.sub), max_file_bytes=settings.max_upload_bytes)

    def record(session: Session, blob: Blob, /, *, left_out: str, now: datetime) -> Asset:
        replace = partial(asset_replace, session, asset_id, caller.sub, blob, matching=matching, now=now)
        asset, unshown = replace(sha256=upload.sha256, left_out=left_out, quota_bytes=settings.quota_bytes)
        derivatives_forget(session, asset_id)
        background.add_task(service.store.remove, *unshown)
        return asset

    asset = await take_in(
        service, request, upload.file, scratch, owner_id=caller.sub, record=record, afterwards=background
    )
    return answer(service, asset, request)
