"""Archives of all that is held about the caller, which auth tells of and media has."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from chassis.fastapi.authentication import Caller
from chassis.problems import Problem
from fastapi import APIRouter, Depends, Path, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from media_service.cache_headers import PRIVATE
from media_service.dependencies import Service, WebService, uuid_of
from media_service.exports.packing import export_key, with_originals
from media_service.exports.selectors import export_get, originals_list
from media_service.pictures.scratch import Scratch

ZIP = "application/zip"
ARCHIVE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The archive", "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}
}

router = APIRouter(prefix="/api/v2/me/exports", tags=["exports"])


def _export_id(export_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]) -> UUID:
    value = uuid_of(export_id)
    if value is None:
        raise Problem(404, "export_not_found", "There is no such export of yours.")
    return value


ExportId = Annotated[UUID, Depends(_export_id)]


@router.get("/{export_id}/archive", responses=ARCHIVE, response_class=Response)
async def fetch_archive(export_id: ExportId, caller: Caller, service: Service) -> StreamingResponse:
    """A ZIP file: JSON of what every service holds about the caller, and the caller's pictures as they are now."""
    now = datetime.now(UTC)
    await service.database.read(export_get, export_id, caller.sub, now=now)
    if not await run_in_threadpool(service.store.has, export_key(export_id)):
        raise Problem(404, "export_not_found", "There is no such export of yours, or it has expired.")
    originals = await service.database.read(originals_list, caller.sub)
    headers = {
        "Cache-Control": PRIVATE,
        "Content-Disposition": f'attachment; filename="broadsheet-{now:%Y-%m-%d}.zip"',
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_bytes(service, export_id, originals), headers=headers, media_type=ZIP)


def _bytes(service: WebService, export_id: UUID, originals: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    with Scratch(service.settings.scratch_dir) as scratch:
        packed = scratch.file()
        service.store.fetch(export_key(export_id), packed)
        yield from with_originals(packed, service.store, originals)
