"""What the other services may ask about assets; needs a service token, and the gateway routes nothing here."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from chassis.internal_access import require_service
from chassis.problems import FieldError, invalid_fields
from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request
from pydantic import BaseModel

from media_service.assets.events import AssetState
from media_service.assets.selectors import assets_by_id
from media_service.assets.services import asset_release
from media_service.dependencies import AssetId, Service

MAX_IDS = 200


class AssetNow(AssetState):
    """An asset as its next event would tell it."""

    status: Literal["processing", "ready", "failed"]
    sequence: int


class AssetsNow(BaseModel):
    """The assets asked for that are there."""

    assets: list[AssetNow]


def only_services(request: Request, service: Service) -> None:
    path, verifier = request.scope["route"].path, request.app.state.service_verifier
    require_service(request.headers, request.method, path, verifier=verifier, settings=service.settings)


router = APIRouter(prefix="/internal", dependencies=[Depends(only_services)], include_in_schema=False)


@router.get("/assets")
async def assets_now(ids: Annotated[str, Query()], service: Service) -> AssetsNow:
    """The state of assets, whoever owns them; ``ids`` are separated by commas."""
    assets = await service.database.read(assets_by_id, _ids(ids))
    return AssetsNow(assets=[AssetNow.model_validate(asset, from_attributes=True) for asset in assets])


@router.delete("/assets/{asset_id}", status_code=204)
async def release_asset(asset_id: AssetId, owner_id: UUID, background: BackgroundTasks, service: Service) -> None:
    """Remove a picture that was sent with a request which came to nothing, or is still on its way."""
    unused = await service.database.write(asset_release, asset_id, owner_id, now=datetime.now(UTC))
    background.add_task(service.store.remove, *unused)


def _ids(text: str) -> list[UUID]:
    parts = [part for part in text.split(",") if part]
    if len(parts) > MAX_IDS:
        raise invalid_fields([FieldError("/ids", "max_length", f"Send at most {MAX_IDS} ids.")])
    try:
        return [UUID(part) for part in parts]
    except ValueError as error:
        raise invalid_fields([FieldError("/ids", "invalid", "Send ids, separated by commas.")]) from error
