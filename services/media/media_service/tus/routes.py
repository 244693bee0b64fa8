"""Pictures in pieces (tus 1.0): creation, creation-with-upload, expiration, checksum, termination.

An upload is its creator's; to everybody else it is not there. No name that a client sends becomes a path.
"""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from chassis.fastapi.authentication import Caller
from chassis.metrics import counter
from chassis.problems import Problem
from fastapi import APIRouter, BackgroundTasks, Depends, Path, Request, Response

from media_service.dependencies import Service, WebService
from media_service.tus import headers
from media_service.tus.appending import append, forget, refuse
from media_service.tus.creating import PATH, Begun, begin, free_key
from media_service.tus.models import Upload
from media_service.tus.protocol import TusRoute, require_version
from media_service.tus.schemas import UploadOut, all_headers_of, headers_of
from media_service.tus.selectors import upload_get
from media_service.tus.services import upload_declare_length, upload_require_offset
from media_service.uploads.once import IdempotencyKey

NO_STORE = {"Cache-Control": "no-store"}
BYTES: dict[str, Any] = {"content": {headers.CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
WITH_BYTES, NEEDS_BYTES = {"requestBody": BYTES}, {"requestBody": BYTES | {"required": True}}
NOT_TUS: dict[int | str, dict[str, Any]] = {
    400: {"description": "`method_override_refused`"},
    412: {"description": "`tus_version`: `Tus-Version` of the answer says what is spoken"},
}
REFUSED: dict[int | str, dict[str, Any]] = NOT_TUS | {
    400: {"description": "`upload_header_invalid`, `method_override_refused`, `request_incomplete`, `too_many`"},
    409: {"description": "`offset_conflict`: `Upload-Offset` says where the upload is; `idempotency_in_progress`"},
    413: {"description": "`too_large` with its `cause`; `quota_exceeded`"},
    415: {"description": "`unsupported_media_type`: not a picture of a type that is taken, as `cause` names it"},
    422: {"description": "`image_refused`: not a sound picture, with its `cause`; `idempotency_key_reused`"},
    429: {"description": "`too_many_uploads`: the caller has too many open"},
    460: {"description": "`checksum_mismatch`: nothing of this request was kept"},
}


def _upload_id(upload_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]) -> UUID:
    try:
        return UUID(upload_id)
    except ValueError:
        raise Problem(404, "not_found", "There is no such upload.") from None


UploadId = Annotated[UUID, Depends(_upload_id)]
router = APIRouter(prefix=PATH, tags=["uploads"], route_class=TusRoute)
tus = Depends(require_version)


@router.post(
    "", status_code=201, dependencies=[tus], response_class=Response, openapi_extra=WITH_BYTES, responses=REFUSED
)
async def create_upload(
    request: Request, background: BackgroundTasks, caller: Caller, service: Service, key: IdempotencyKey = None
) -> Response:
    """Begin an upload, whose address is in Location; the body may be its first bytes, or all of them."""
    sent, now = request.headers, datetime.now(UTC)
    if "Upload-Concat" in sent:
        raise headers.invalid("Upload-Concat", "is of an extension that is not offered")
    length, checksum, metadata = headers.length(sent), headers.checksum(sent), sent.get("Upload-Metadata", "")
    headers.alt(metadata)
    begun = await begin(service, caller.sub, length=length, metadata=metadata, key=key, now=now)
    upload = begun.upload
    counter("media_uploads_total").labels("created").inc(begun.is_new)
    if begun.is_new and (length == 0 or _has_bytes(request)):
        try:
            upload = await append(service, request, upload, checksum=checksum, afterwards=background)
        except BaseException:
            await _leave_nothing(service, begun)
            raise
    return Response(status_code=201, headers=begun.headers | headers_of(upload), background=background)


@router.head("/{upload_id}", include_in_schema=False, dependencies=[tus])
async def find_upload(upload_id: UploadId, caller: Caller, service: Service) -> Response:
    """How far an upload is; for a day after its end also what became of it."""
    upload = await service.database.read(upload_get, upload_id, caller.sub, now=datetime.now(UTC))
    return Response(headers=all_headers_of(upload) | NO_STORE)


@router.get("/{upload_id}")
async def get_upload(upload_id: UploadId, caller: Caller, response: Response, service: Service) -> UploadOut:
    """How far an upload is, for who watches it; for a day after its end also what became of it."""
    response.headers.update(NO_STORE)
    upload = await service.database.read(upload_get, upload_id, caller.sub, now=datetime.now(UTC))
    return UploadOut.model_validate(upload)


@router.patch(
    "/{upload_id}",
    status_code=204,
    dependencies=[tus],
    response_class=Response,
    openapi_extra=NEEDS_BYTES,
    responses=REFUSED,
)
async def append_bytes(
    request: Request, upload_id: UploadId, background: BackgroundTasks, caller: Caller, service: Service
) -> Response:
    """Go on with an upload from Upload-Offset; the request that completes it carries Asset-ID."""
    sent, now = request.headers, datetime.now(UTC)
    if not _has_bytes(request):
        raise Problem(415, "unsupported_media_type", f"Send the bytes as {headers.CONTENT_TYPE}.")
    offset, checksum, length = headers.offset(sent), headers.checksum(sent), headers.number(sent, "Upload-Length")
    upload = await service.database.read(upload_get, upload_id, caller.sub, now=now)
    if upload.is_finished and offset == upload.offset and sent.get("Content-Length") == "0":
        return Response(status_code=204, headers=headers_of(upload))  # its client has not heard the end
    upload_require_offset(upload, offset)
    if length is not None:
        bounds = service.settings.upload_bounds
        upload = await service.database.write(
            upload_declare_length, upload_id, caller.sub, length=length, bounds=bounds, now=now
        )
    upload = await append(service, request, upload, checksum=checksum, afterwards=background)
    return Response(status_code=204, headers=headers_of(upload), background=background)


@router.delete("/{upload_id}", status_code=204, dependencies=[tus], responses=NOT_TUS)
async def end_upload(upload_id: UploadId, caller: Caller, service: Service) -> None:
    """Give an upload up: what came of it is removed. A picture that it has become stays."""
    upload: Upload = await service.database.read(upload_get, upload_id, caller.sub, now=datetime.now(UTC))
    await forget(service, upload)


async def _leave_nothing(service: WebService, begun: Begun) -> None:
    """Of an upload whose address nobody has, but who asked for it again under its key: what they finished stays."""
    try:
        await refuse(service, begun.upload)
    except Problem as problem:
        if problem.status == 409:
            return
    await free_key(service, begun)


def _has_bytes(request: Request) -> bool:
    return request.headers.get("content-type", "").lower() == headers.CONTENT_TYPE
