"""Receiving an upload: from the connection to a file on the disk, never all of it in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from chassis.problems import Problem
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from media_service.assets.models import ALT_LENGTH
from media_service.assets.schemas import SAID_BY_CHANGE
from media_service.pictures.refusals import Cause, too_large
from media_service.pictures.scratch import OwnersRoom, Scratch
from media_service.uploads.fields import Field, FileField, RefusedField, TextField
from media_service.uploads.form import Form

MAX_OTHER_BYTES = 64 * 1024  # what a body may have beside the picture


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture as it was sent, with the hash of its bytes and the alternative text."""

    file: IO[bytes]
    sha256: str
    alt: str


async def receive(request: Request, scratch: Scratch, room: OwnersRoom, *, max_file_bytes: int) -> Upload:
    """Read the body of a request; raises the Problem (400, 413, 415, 503) that refuses it, as soon as it is known."""
    into = scratch.file()
    max_bytes = max_file_bytes + MAX_OTHER_BYTES
    if int(request.headers.get("content-length", "0")) > max_bytes:
        raise too_large(f"A picture may have {max_file_bytes:,} bytes.", cause=Cause.BYTES)
    file, alt = FileField("file", into, max_file_bytes), TextField("alt", ALT_LENGTH)
    fields: dict[str, Field] = {"file": file, "alt": alt}
    fields |= {name: RefusedField(name) for name in SAID_BY_CHANGE}
    form = Form(request.headers.get("content-type", ""), fields, max_bytes=max_bytes)
    await _feed(request, form.feed, file, scratch, room)
    form.finish()
    if not file.was_sent:
        raise file.refused("required", "This field is required.")
    if not file.bytes:
        raise file.refused("empty", "The submitted file is empty.")
    return Upload(into, file.sha256(), alt.text())


async def receive_file(request: Request, scratch: Scratch, room: OwnersRoom, *, max_file_bytes: int) -> Upload:
    """Read a body that is the picture itself; raises the Problem (400, 413, 503) that refuses it."""
    into = scratch.file()
    file = FileField("file", into, max_file_bytes)
    await _feed(request, file.take, file, scratch, room)
    if not file.bytes:
        raise file.refused("empty", "The submitted file is empty.")
    return Upload(into, file.sha256(), "")


async def _feed(
    request: Request, take: Callable[[bytes], None], file: FileField, scratch: Scratch, room: OwnersRoom
) -> None:
    """Hand the body on piece by piece, and write the file as it grows."""
    try:
        async for chunk in request.stream():
            take(chunk)
            if file.should_write:
                room.take(file.waiting, scratch)
                await run_in_threadpool(file.write)
    except ClientDisconnect as error:
        raise Problem(400, "request_incomplete", "The connection ended before the body did.") from error
    room.take(file.waiting, scratch)
    await run_in_threadpool(file.write)
