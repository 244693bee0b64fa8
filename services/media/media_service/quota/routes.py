"""What the caller's pictures take, and what they may."""

from chassis.fastapi.authentication import Caller
from fastapi import APIRouter
from pydantic import BaseModel

from media_service.dependencies import Service
from media_service.quota.selectors import storage_get, storage_held

router = APIRouter(prefix="/api/v2/quota", tags=["assets"])


class Quota(BaseModel):
    """Bytes that the caller's pictures take and may take, those in the trash included, and their number.

    ``reserved_bytes`` are held for uploads that have not come to their end.
    """

    used_bytes: int
    reserved_bytes: int
    limit_bytes: int
    assets: int


@router.get("")
async def get_quota(caller: Caller, service: Service) -> Quota:
    """How much the caller's pictures take, and how much they may."""
    taken = await service.database.read(storage_get, caller.sub)
    reserved = await service.database.read(storage_held, caller.sub)
    limit = service.settings.quota_bytes
    return Quota(used_bytes=taken.bytes, reserved_bytes=reserved, limit_bytes=limit, assets=taken.assets)
