"""Taking the bytes of a request into an upload, and in the end the picture that they make."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import IO

from chassis.metrics import counter
from chassis.problems import Problem
from fastapi import BackgroundTasks, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from media_service.assets.models import Asset
from media_service.assets.services import asset_add
from media_service.dependencies import WebService
from media_service.pictures.foreign import refusal_of
from media_service.pictures.outcomes import sha256_of
from media_service.pictures.scratch import Scratch
from media_service.storage.models import Blob
from media_service.storage.store import piece_key, upload_folder
from media_service.tus.headers import Checksum, alt
from media_service.tus.models import Upload, UploadPart
from media_service.tus.pieces import PIECE_BYTES, Ending, Piece
from media_service.tus.services import part_add, parts_before, upload_finish, upload_refuse, upload_remove
from media_service.uploads.intake import take_in

REFUSED = (413, 415, 422)


async def append(
    service: WebService, request: Request, upload: Upload, *, checksum: Checksum | None, afterwards: BackgroundTasks
) -> Upload:
    """Take a body in where the upload is, and the picture where that makes it whole.

    What came is kept where the connection breaks, unless it was to be checked. Raises the Problem (400, 409, 413, 460,
    503) that refuses the bytes, or (413, 415, 422) the picture: then the upload is gone, unless another has gone on.
    """
    body = aiter(request.stream())
    most = service.settings.max_upload_bytes if upload.length is None else upload.length
    room = service.room.of(upload.owner_id)
    while True:
        scratch = Scratch(service.settings.scratch_dir)
        with Piece(scratch, room, checksum.algorithm if checksum else None) as piece:
            left, at_once = most - upload.offset, None if checksum else PIECE_BYTES
            ending = await piece.fill(body, left=left, most=at_once)
            if ending is Ending.BROKEN:
                await _keep_of_broken(service, upload, piece, checksum)
            if checksum:
                checksum.require(piece.digest.digest())
            if upload.offset + piece.bytes == upload.length:
                return await _finish(service, request, upload, piece, scratch, afterwards)
            upload = await _keep(service, upload, piece)
        if ending is Ending.OVER:
            return upload


async def _keep(service: WebService, upload: Upload, piece: Piece) -> Upload:
    """Store a piece, then say that it is there; its file goes where another request was faster."""
    if not piece.bytes:
        return upload
    file_id = uuid7()
    key = piece_key(upload.id, file_id)
    await run_in_threadpool(service.store.put, key, piece.file)
    said = partial(part_add, start=upload.offset, size=piece.bytes, file_id=file_id, now=datetime.now(UTC))
    try:
        return await service.database.write(said, upload.id, upload.owner_id)
    except Problem:
        await run_in_threadpool(service.store.remove_keys, [key])
        raise


async def _keep_of_broken(service: WebService, upload: Upload, piece: Piece, checksum: Checksum | None) -> None:
    """Keep what can be of a body that broke off, and end the request."""
    if checksum is None and upload.offset + piece.bytes != upload.length:
        with suppress(Problem):  # somebody has gone on with it meanwhile
            await _keep(service, upload, piece)
    raise Problem(400, "request_incomplete", "The connection ended before the body did.")


async def _finish(  # noqa: PLR0913, PLR0917  all it has
    service: WebService,
    request: Request,
    upload: Upload,
    last: Piece,
    scratch: Scratch,
    afterwards: BackgroundTasks,
) -> Upload:
    """Make the picture; its last piece is kept by this alone, so that what breaks off here is done again."""
    whole = scratch.file()
    parts = await _parts_before(service, upload)
    service.room.of(upload.owner_id).take(upload.offset, scratch)
    keys = [piece_key(upload.id, part.file_id) for part in parts]
    try:
        sha256 = await run_in_threadpool(_join, service, keys, last.file, whole)
    except FileNotFoundError:
        await _parts_before(service, upload)  # else another request has finished it, and removed them, meanwhile
        raise
    finished = upload

    def record(session: Session, blob: Blob, /, *, left_out: str, now: datetime) -> Asset:
        nonlocal finished
        finished = upload_finish(session, upload.id, upload.owner_id, start=upload.offset, now=now)
        said = partial(asset_add, sha256=sha256, alt=alt(upload.metadata_sent), left_out=left_out, now=now)
        asset = said(session, blob, owner_id=upload.owner_id, quota_bytes=service.settings.quota_bytes)
        finished.asset_id = asset.id
        return asset

    try:
        if not upload.length:
            raise refusal_of(b"")
        await take_in(service, request, whole, scratch, owner_id=upload.owner_id, record=record, afterwards=afterwards)
    except Problem as refused:
        if refused.status in REFUSED:
            with suppress(Problem):  # it is gone already, or another's request was taken
                await refuse(service, upload, start=upload.offset)
        raise
    afterwards.add_task(service.store.remove, upload_folder(upload.id))
    _count("finished")
    return finished


async def forget(service: WebService, upload: Upload) -> None:
    """Remove an upload and what came of it, as its owner asks; raises Problem 404 where somebody else has."""
    await service.database.write(upload_remove, upload.id, upload.owner_id, now=datetime.now(UTC))
    await run_in_threadpool(service.store.remove, upload_folder(upload.id))
    _count("terminated")


async def refuse(service: WebService, upload: Upload, *, start: int | None = None) -> None:
    """Remove an upload that no picture came of; raises Problem as upload_refuse does."""
    await service.database.write(upload_refuse, upload.id, upload.owner_id, start=start, now=datetime.now(UTC))
    await run_in_threadpool(service.store.remove, upload_folder(upload.id))
    _count("refused")


async def _parts_before(service: WebService, upload: Upload) -> Sequence[UploadPart]:
    said = partial(parts_before, start=upload.offset, now=datetime.now(UTC))
    return await service.database.write(said, upload.id, upload.owner_id)


def _join(service: WebService, keys: list[str], last: IO[bytes], whole: IO[bytes]) -> str:
    """Bring the pieces together; gives the hash of all."""
    for key in keys:
        service.store.fetch(key, whole)
    last.seek(0)
    shutil.copyfileobj(last, whole)
    whole.flush()
    return sha256_of(whole)


def _count(outcome: str) -> None:
    counter("media_uploads_total").labels(outcome).inc()
