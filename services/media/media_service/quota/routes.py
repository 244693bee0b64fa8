"""What the caller's pictures take, and what they may."""

from chassis.fastapi.authentication import Caller
from fastapi import APIRouter
from pydantic import BaseModel

from media_service.dependencies import Service
from media_service.quota.selectors import storage_get

router = APIRouter(prefix="/api/v2/quota", tags=["assets"])


class Quota(BaseModel):
    """Bytes that the caller's pictures take and may take, those in the trash included, and their number."""

    used_bytes: int
    limit_bytes: int
    assets: int


@router.get("")
async def get_quota(caller: Caller, service: Service) -> Quota:
    """How much the caller's pictures take, and how much they may."""
    taken = await service.database.read(storage_get, caller.sub)
    return Quota(used_bytes=taken.bytes, limit_bytes=service.settings.quota_bytes, assets=taken.assets)
