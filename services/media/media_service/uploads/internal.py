"""Pictures that come with another service's request: taken in for the user whose token it passes on."""

from datetime import datetime
from functools import partial
from typing import Annotated

from chassis.access import listed
from chassis.fastapi.authentication import claims_shown
from chassis.internal_client import CALLER_TOKEN_HEADER
from chassis.tokens import Claims, TokenRefused
from fastapi import APIRouter, BackgroundTasks, Depends, Request
from sqlalchemy.orm import Session

from media_service.assets.internal import only_services
from media_service.assets.models import Asset
from media_service.assets.schemas import AssetOut, asset_out
from media_service.assets.services import asset_add, asset_hold_id
from media_service.dependencies import AssetId, ScratchOfRequest, Service
from media_service.storage.models import Blob
from media_service.uploads.intake import take_in
from media_service.uploads.receiving import receive_file

router = APIRouter(prefix="/internal", dependencies=[Depends(only_services)], include_in_schema=False)


async def _uploader(request: Request) -> Claims:
    """Whose picture it is: somebody who may upload."""
    try:
        claims = await claims_shown(request, CALLER_TOKEN_HEADER)
        listed("POST", "/api/v1/media").require(claims)
    except TokenRefused as refused:  # ``invalid_token`` is said of the service's own, which it then replaces
        refused.headers["WWW-Authenticate"] = f'Bearer error="{refused.code}"'
        raise
    assert claims is not None
    return claims


@router.put("/assets/{asset_id}", status_code=201)
async def take_in_picture(  # noqa: PLR0913  each is a dependency
    request: Request,
    asset_id: AssetId,
    background: BackgroundTasks,
    uploader: Annotated[Claims, Depends(_uploader)],
    *,
    service: Service,
    scratch: ScratchOfRequest,
) -> AssetOut:
    """Take in the picture that the body is, under an id chosen beforehand: whoever chose it can release it."""
    room, max_bytes = service.room.of(uploader.sub), service.settings.max_upload_bytes
    upload = await receive_file(request, scratch, room, max_file_bytes=max_bytes)

    def record(session: Session, blob: Blob, /, *, left_out: str, now: datetime) -> Asset:
        asset_hold_id(session, asset_id, now=now)
        said = partial(asset_add, sha256=upload.sha256, alt=upload.alt, left_out=left_out)
        quota_bytes = service.settings.quota_bytes
        return said(session, blob, owner_id=uploader.sub, now=now, asset_id=asset_id, quota_bytes=quota_bytes)

    asset = await take_in(
        service, request, upload.file, scratch, owner_id=uploader.sub, record=record, afterwards=background
    )
    return asset_out(asset, service.pictures_url)
