"""The caller's own pictures."""

from typing import Annotated

from chassis.fastapi.authentication import Caller
from chassis.fastapi.lists import documented, query_of
from chassis.fastapi.routing import StrictJsonRoute
from chassis.lists import PAGE_NUMBER, Query, page_of
from fastapi import APIRouter, Depends, Request, Response

from media_service.assets.schemas import AssetChange, AssetOut, AssetPage, asset_out
from media_service.assets.selectors import asset_get, assets_count, assets_list
from media_service.assets.services import asset_describe
from media_service.cache_headers import PRIVATE
from media_service.dependencies import AssetId, Service
from media_service.storage.serving import PICTURE, original, serve

router = APIRouter(prefix="/api/v1/media", tags=["media"], route_class=StrictJsonRoute)


@router.get("", openapi_extra=documented(PAGE_NUMBER))
async def list_own_pictures(
    query: Annotated[Query, Depends(query_of(PAGE_NUMBER))], caller: Caller, service: Service
) -> AssetPage:
    """The caller's pictures, newest first."""
    page = page_of(query)
    count = await service.database.read(assets_count, caller.sub)
    page.require(count)
    found = await service.database.read(assets_list, caller.sub, offset=page.start, limit=page.size)
    results = [asset_out(asset, service.pictures_url) for asset in found]
    return AssetPage(**page.body(count, results, public_url=service.public_url))


@router.get("/{asset_id}")
async def get_picture(asset_id: AssetId, caller: Caller, service: Service) -> AssetOut:
    """One of the caller's pictures."""
    asset = await service.database.read(asset_get, asset_id, caller.sub)
    return asset_out(asset, service.pictures_url)


@router.patch("/{asset_id}")
async def describe_picture(asset_id: AssetId, change: AssetChange, caller: Caller, service: Service) -> AssetOut:
    """Change the alternative text of one of the caller's pictures."""
    asset = await service.database.write(asset_describe, asset_id, caller.sub, **change.model_dump(exclude_unset=True))
    return asset_out(asset, service.pictures_url)


@router.head("/{asset_id}/content", include_in_schema=False)
@router.get("/{asset_id}/content", responses=PICTURE, response_class=Response)
async def get_content(request: Request, asset_id: AssetId, caller: Caller, service: Service) -> Response:
    """The stored picture itself, or a part of it."""
    asset = await service.database.read(asset_get, asset_id, caller.sub)
    return await serve(request, service.store, original(asset.blob, asset_id, asset.shown_since), cache_control=PRIVATE)
