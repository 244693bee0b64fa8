"""Answers that carry a stored file: conditional and partial requests (RFC 9110, 13 and 14), nothing that could run."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from chassis.preconditions import entity_tag, is_unchanged
from chassis.problems import Problem
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from media_service.storage.models import Blob, Rendition, RenditionForm
from media_service.storage.parts import body_of
from media_service.storage.ranges import UnsatisfiableRange, requested_ranges
from media_service.storage.store import EXTENSIONS, Store, key_of

_BYTES = {"image/*": {"schema": {"type": "string", "format": "binary"}}}
_PARTS = {"multipart/byteranges": {"schema": {"type": "string", "format": "binary"}}}
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The picture", "content": _BYTES},
    206: {"description": "The parts of it that were asked for", "content": _BYTES | _PARTS},
    304: {"description": "It is the one you have"},
}
"""How the contract tells of an answer of serve()."""


class FileGone(Problem):
    """The file is not in the store."""

    def __init__(self) -> None:
        super().__init__(404, "not_found", "The file is not there any more.")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is served. ``name`` is what a browser saves it as, ``cache_tag`` what shared caches purge it by."""

    key: str
    name: str
    cache_tag: str
    sha256: str
    mime: str
    bytes: int
    modified: datetime

    @property
    def etag(self) -> str:
        return entity_tag(self.sha256)

    @property
    def last_modified(self) -> str:
        return format_datetime(self.modified, usegmt=True)


def original(blob: Blob, asset_id: UUID, created_at: datetime) -> StoredFile:
    """The stored picture as the file of an asset, whose age it has: others may have stored it long before."""
    name = f"{asset_id}.{EXTENSIONS[blob.mime]}"
    key = key_of(blob.id, blob.sha256, blob.mime)
    return StoredFile(key, name, str(asset_id), blob.sha256, blob.mime, blob.bytes, created_at)


def rendition_file(
    drawn: Rendition | RenditionForm, blob_id: UUID, asset_id: UUID, shown_since: datetime
) -> StoredFile:
    """A rendition of a stored picture as the file of an asset that shows it since then."""
    name = f"{asset_id}-{drawn.preset}.{EXTENSIONS[drawn.mime]}"
    key = key_of(blob_id, drawn.sha256, drawn.mime)
    return StoredFile(key, name, str(asset_id), drawn.sha256, drawn.mime, drawn.bytes, shown_since)


async def serve(request: Request, store: Store, file: StoredFile, *, cache_control: str, **more: str) -> Response:
    """The file, parts of it, or 304; raises FileGone, and Problem 416 for parts it does not have.

    A whole file is left to the edge where that can send it: whether it may be seen is decided here all the same.
    ``more`` are further headers.
    """
    headers = {
        "ETag": file.etag,
        "Last-Modified": file.last_modified,
        "Cache-Control": cache_control,
        "Cache-Tag": file.cache_tag,  # Cloudflare, Akamai, Google; the next is Fastly's and Varnish's
        "Surrogate-Key": file.cache_tag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'inline; filename="{file.name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",  # pictures are there to be shown by other sites
        "X-Content-Type-Options": "nosniff",
        **more,
    }
    if is_unchanged(request.headers, file.etag, file.modified):
        return Response(status_code=304, headers=headers)
    parts = _parts(request, file)
    body, status = body_of(file.mime, file.bytes, parts), 206 if parts else 200
    headers |= body.headers | {"Content-Length": str(body.length)}
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=body.mime)
    if not parts and (address := store.at_edge(file.key)):
        return Response(headers=headers | {"Content-Length": "0", "X-Accel-Redirect": address}, media_type=file.mime)
    if (cached := body.cached(store, file.key)) is not None:
        return Response(cached, status, headers, media_type=body.mime)
    try:
        content = await body.read(store, file.key)
    except FileNotFoundError as error:
        raise FileGone from error
    return StreamingResponse(content, status, headers, media_type=body.mime)


def _parts(request: Request, file: StoredFile) -> list[range]:
    """What is asked for of the file; none for all of it."""
    condition = request.headers.get("if-range")
    if request.method != "GET" or (condition and condition not in {file.etag, file.last_modified}):
        return []
    try:
        return requested_ranges(request.headers.get("range"), file.bytes)
    except UnsatisfiableRange as error:
        size = {"Content-Range": f"bytes */{file.bytes}"}
        raise Problem(416, "range_not_satisfiable", f"The file has {file.bytes} bytes.", headers=size) from error
