"""Assets in v2, and what becomes of them: deleted, restored, taken down."""

from datetime import UTC, datetime
from typing import Annotated, Any, cast
from uuid import UUID

from chassis.fastapi.authentication import Caller
from chassis.fastapi.lists import documented, query_of
from chassis.fastapi.routing import StrictJsonRoute
from chassis.lists import CURSOR, Keyset, Parameter, Query, cursor_page
from chassis.preconditions import if_match
from fastapi import APIRouter, BackgroundTasks, Depends, Header, Request, Response

from media_service.assets.models import Asset
from media_service.assets.selectors import asset_get, assets_after
from media_service.assets.services import asset_change
from media_service.cache_headers import PRIVATE
from media_service.dependencies import AssetId, Service
from media_service.keeping.answers import answer
from media_service.keeping.schemas import AssetChangeV2, AssetsV2, AssetV2, InUse, Takedown, UsageOut, asset_v2
from media_service.keeping.selectors import usage_get
from media_service.keeping.services import asset_delete, asset_delete_or_purge, asset_restore, asset_take_down

NEWEST_FIRST: Keyset = {"-id": UUID}
FORCE = (Parameter("force", {"type": "boolean", "default": False}, "delete it though it is used"),)
Asked = Annotated[Query, Depends(query_of(FORCE))]
IN_USE: dict[int | str, dict[str, Any]] = {
    409: {"model": InUse, "description": "`asset_in_use`: with its usage; `force` deletes it all the same"}
}
IN_USE_OR_TAKEN_DOWN: dict[int | str, dict[str, Any]] = {
    409: {"description": "`asset_in_use`: with its `usage`, as GET has it; `asset_taken_down`"}
}
STEP_UP: dict[int | str, dict[str, Any]] = {
    403: {
        "description": "The caller may not (`scope_missing`). `step_up_required`: `force` on a used picture, and the"
        " log-in was more than ten minutes ago"
    }
}
STEP_UP_ALWAYS: dict[int | str, dict[str, Any]] = {
    403: {
        "description": "The caller may not (`scope_missing`, `role_missing`). `step_up_required`: the log-in was more"
        " than ten minutes ago"
    }
}
STALE: dict[int | str, dict[str, Any]] = {
    412: {"description": "`precondition_failed`: it has changed since it was read"},
    428: {"description": "`precondition_required`: If-Match is missing"},
}
Tags = Annotated[str | None, Header(alias="If-Match", description="the ETag of what is to be changed; required")]
TAKEN_DOWN: dict[int | str, dict[str, Any]] = {409: {"description": "`asset_taken_down`: staff has taken it down"}}

v1 = APIRouter(prefix="/api/v1/media", tags=["media"])
router = APIRouter(prefix="/api/v2/assets", tags=["assets"], route_class=StrictJsonRoute)


@v1.delete("/{asset_id}", status_code=204, responses=IN_USE | STEP_UP, openapi_extra=documented(FORCE))
async def remove_picture(asset_id: AssetId, query: Asked, caller: Caller, service: Service) -> None:
    """Put one of the caller's pictures into the trash; one that is used only with ``force``, soon after a log-in."""
    force, terms, now = query.flag("force"), service.settings.terms, datetime.now(UTC)
    await service.database.write(asset_delete, asset_id, caller, force=force, terms=terms, now=now)


@router.get("", openapi_extra=documented(CURSOR))
async def list_assets(query: Annotated[Query, Depends(query_of(CURSOR))], caller: Caller, service: Service) -> AssetsV2:
    """The caller's pictures and those in the trash, newest first."""
    page = cursor_page(query, NEWEST_FIRST)
    after = cast("UUID", page.place[0]) if page.place else None
    found = await service.database.read(assets_after, caller.sub, after=after, limit=page.limit + 1)
    assets, next_cursor = page.split(found, lambda asset: (asset.id,))
    terms, now = service.settings.terms, datetime.now(UTC)
    items = [asset_v2(asset, service.pictures_url, terms=terms, now=now) for asset in assets]
    return AssetsV2(items=items, next_cursor=next_cursor)


@router.get("/{asset_id}", response_model=AssetV2)
async def get_asset(request: Request, asset_id: AssetId, caller: Caller, service: Service) -> Response:
    """One of the caller's pictures, also from the trash."""
    return answer(service, await service.database.read(asset_get, asset_id, caller.sub, also_trashed=True), request)


@router.patch("/{asset_id}", response_model=AssetV2, responses=STALE)
async def change_asset(  # noqa: PLR0913  what a request has
    request: Request, asset_id: AssetId, change: AssetChangeV2, *, caller: Caller, service: Service, tags: Tags = None
) -> Response:
    """Change the words, the focal point or the visibility of one of the caller's pictures; If-Match has its ETag."""
    demand = if_match(tags)

    def require(asset: Asset) -> None:
        demand.require(answer(service, asset, request).headers["etag"])

    changed = await service.database.write(asset_change, asset_id, caller.sub, change.fields(), require=require)
    return answer(service, changed, request)


@router.delete(
    "/{asset_id}", status_code=204, responses=IN_USE_OR_TAKEN_DOWN | STEP_UP, openapi_extra=documented(FORCE)
)
async def delete_asset(
    asset_id: AssetId, query: Asked, background: BackgroundTasks, caller: Caller, service: Service
) -> None:
    """Put one of the caller's pictures into the trash, used ones only with ``force``; from there it goes for good."""
    force, terms, now = query.flag("force"), service.settings.terms, datetime.now(UTC)
    unshown = await service.database.write(asset_delete_or_purge, asset_id, caller, force=force, terms=terms, now=now)
    background.add_task(service.store.remove, *unshown)  # so that the answer takes the same time


@router.post("/{asset_id}/restore", response_model=AssetV2, responses=TAKEN_DOWN)
async def restore_asset(request: Request, asset_id: AssetId, caller: Caller, service: Service) -> Response:
    """Take one of the caller's pictures out of the trash; one that is not there stays as it is."""
    asset = await service.database.write(asset_restore, asset_id, caller.sub, now=datetime.now(UTC))
    return answer(service, asset, request)


@router.get("/{asset_id}/usage")
async def get_usage(asset_id: AssetId, caller: Caller, response: Response, service: Service) -> UsageOut:
    """Who uses one of the caller's pictures, why it is kept, and when it goes."""
    response.headers["Cache-Control"] = PRIVATE
    usage = await service.database.read(usage_get, asset_id, caller.sub, terms=service.settings.terms)
    return UsageOut.model_validate(usage.body())


@router.post("/{asset_id}/takedown", status_code=204, responses=STEP_UP_ALWAYS)
async def take_down_asset(asset_id: AssetId, takedown: Takedown, caller: Caller, service: Service) -> None:
    """Take anybody's picture down, with a reason that its owner sees; for moderators and admins who just logged in."""
    terms, now = service.settings.terms, datetime.now(UTC)
    await service.database.write(asset_take_down, asset_id, takedown.reason, caller=caller, terms=terms, now=now)
