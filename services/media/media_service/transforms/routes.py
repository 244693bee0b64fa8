"""Pictures in whatever size is wanted, at addresses that the platform has signed: nobody else can have any made."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from chassis.fastapi.authentication import Caller
from chassis.fastapi.routing import StrictJsonRoute
from fastapi import APIRouter, Depends, Path, Request, Response

from media_service.assets.models import Asset, AssetStatus
from media_service.assets.selectors import asset_get
from media_service.cache_headers import PRIVATE
from media_service.dependencies import AssetId, Service, WebService, signed_path
from media_service.pictures.forms import BY_EXTENSION
from media_service.renditions import answers
from media_service.renditions.answers import BEING_MADE, being_made, failed, life, unknown
from media_service.renditions.selectors import shown_asset
from media_service.signed_paths import SignedPath
from media_service.signing import Purpose
from media_service.storage.serving import PICTURE, FileGone, StoredFile, serve
from media_service.storage.store import EXTENSIONS
from media_service.transforms.addresses import ROOT, Tail
from media_service.transforms.making import Derivatives
from media_service.transforms.models import Derivative, DerivativeState, Wanted
from media_service.transforms.operations import Operations
from media_service.transforms.schemas import Transform, TransformUrl

REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"description": "`operation_invalid`: not one of the operations, or not in its one spelling"},
    403: {"description": "`signature_invalid`: not signed here, or changed"},
}
UNKNOWN_OPERATION: dict[int | str, dict[str, Any]] = {400: {"description": "`operation_invalid`: `detail` has why"}}

router = APIRouter(prefix="/api/v2/assets", tags=["assets"], route_class=StrictJsonRoute)
public = APIRouter(prefix="/i", tags=["pictures"])


@router.post("/{asset_id}/transforms", status_code=201, responses=UNKNOWN_OPERATION)
async def sign_transform(
    asset_id: AssetId, asked: Transform, caller: Caller, response: Response, service: Service
) -> TransformUrl:
    """An address of one of the caller's pictures after operations; it holds until that is replaced or in the trash."""
    response.headers["Cache-Control"] = PRIVATE
    asset = await service.database.read(asset_get, asset_id, caller.sub)
    operations = Operations.read(asked.operations, separator="/").with_focal(asset.focal)
    operations.cut(asset.width, asset.height)
    now = datetime.now(UTC).replace(microsecond=0)
    until = None if asked.expires_in is None else now + timedelta(seconds=asked.expires_in)
    tail = Tail(operations.spelled(), asset.sha256, asked.format)
    path = SignedPath(ROOT, asset.id, until, str(tail)).signed(service.signing_keys(Purpose.TRANSFORMS))
    return TransformUrl(url=service.pictures_url + path, expires_at=until)


Segment = Annotated[str, Path(description="as POST assets/{id}/transforms gives it")]


async def _told(signature: Segment, operations: Segment, sha: Segment, extension: Segment) -> None:
    """What the contract has of such an address."""


Signed = Annotated[SignedPath, Depends(signed_path(Purpose.TRANSFORMS))]


@public.head("/{signature}/{operations}/{sha}.{extension}", include_in_schema=False)
@public.get(
    "/{signature}/{operations}/{sha}.{extension}",
    responses=PICTURE | BEING_MADE | REFUSED,
    response_class=Response,
    dependencies=[Depends(_told)],
)
async def show_transformed(request: Request, path: Signed, service: Service) -> Response:
    """A picture after operations, at a signed address; 202 while it is drawn."""
    asked, left = Tail.read(path.tail), path.seconds_left(datetime.now(UTC))
    if asked is None or left == 0:
        raise unknown()
    operations = Operations.read_address(asked.operations)
    asset = await service.database.read(shown_asset, path.asset_id)
    if asset is None or asset.sha256 != asked.sha256 or (asset.is_private and left is None):
        raise unknown()
    if asset.status == AssetStatus.PROCESSING:  # else the time it takes would tell whether others show the same
        return being_made()
    operations.cut(asset.width, asset.height)
    wanted = Wanted(asset, asked.operations, BY_EXTENSION[asked.extension])
    return await _show(request, service, wanted, operations, PRIVATE if asset.is_private else life(left))


async def _show(
    request: Request, service: WebService, wanted: Wanted, operations: Operations, cache_control: str
) -> Response:
    derivatives: Derivatives = request.app.state.derivatives
    found = await derivatives.get(wanted, operations, seconds=answers.FORM_SECONDS)
    if found is None:
        return being_made()
    if found.state == DerivativeState.FAILED:
        raise failed("it cannot be drawn")
    try:
        return await serve(request, service.store, _file(wanted.asset, found), cache_control=cache_control)
    except FileGone:
        await derivatives.lost(found)
        return being_made()


def _file(asset: Asset, found: Derivative) -> StoredFile:
    return StoredFile(
        key=found.key,
        name=f"{asset.id}.{EXTENSIONS[found.mime]}",
        cache_tag=str(asset.id),
        sha256=found.sha256,
        mime=found.mime,
        bytes=found.bytes,
        modified=asset.shown_since,
    )
