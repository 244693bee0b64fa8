"""From a file that was received to an asset: checked, cleaned, stored, recorded, its renditions asked for.

Whatever receives pictures goes this way, and says by ``record`` what becomes of them.
"""

from datetime import UTC, datetime
from typing import IO, Protocol
from uuid import UUID

from anyio import to_thread
from chassis.problems import Problem
from fastapi import BackgroundTasks, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from media_service.assets.models import Asset
from media_service.decoding.decoder import Task
from media_service.dependencies import WebService
from media_service.pictures.outcomes import CleanPicture
from media_service.pictures.scratch import Scratch
from media_service.storage.models import Blob
from media_service.storage.store import folder_of
from media_service.uploads.leaving import unless_client_leaves
from media_service.uploads.queueing import ask_for_renditions
from media_service.uploads.services import picture_put


class Record(Protocol):
    """Writes the row of an asset that shows the picture; called within a transaction."""

    def __call__(self, session: Session, blob: Blob, /, *, left_out: str, now: datetime) -> Asset: ...


async def take_in(  # noqa: PLR0913  named
    service: WebService,
    request: Request,
    sent: IO[bytes],
    scratch: Scratch,
    *,
    owner_id: UUID,
    record: Record,
    afterwards: BackgroundTasks,
) -> Asset:
    """The asset of a picture, or the Problem (413, 415, 422) that refuses it; given up when the client leaves.

    The file is stored, then the row is. If that fails, nobody knows whether it was committed: the sweep will see.
    """
    picture = await unless_client_leaves(request, _clean(service, sent, scratch.file(), owner_id))
    now = datetime.now(UTC)
    blob = await run_in_threadpool(picture_put, service.store, picture, now=now)
    try:
        asset = await service.database.write(record, blob, left_out=picture.left_out, now=now)
    except Problem:  # so that it was not committed
        await run_in_threadpool(service.store.remove, folder_of(blob.id))
        raise
    afterwards.add_task(ask_for_renditions, asset.id)
    if asset.blob_id != blob.id:  # the same picture was there already
        afterwards.add_task(service.store.remove, folder_of(blob.id))  # so that the answer takes the same time
    return asset


async def _clean(service: WebService, sent: IO[bytes], into: IO[bytes], owner_id: UUID) -> CleanPicture:
    async with service.slots.slot(owner_id):
        task = Task()
        try:
            return await to_thread.run_sync(service.decoder.clean, sent, into, task, abandon_on_cancel=True)
        finally:
            task.cancel()
