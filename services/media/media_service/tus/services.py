"""What changes an upload. Its row is the lock of its offset, for all replicas: who comes too late is told so."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import TokenRefused
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from media_service.erased.services import is_erased
from media_service.pictures.refusals import Cause, too_large
from media_service.quota.services import storage_hold, storage_hold_less, storage_let_go
from media_service.tus.models import Upload, UploadPart
from media_service.tus.selectors import open_count, parts_count, parts_list, upload_get
from media_service.upload_bounds import UploadBounds

MOST_PARTS = 1000
"""The most pieces of one upload: a client that sends it byte by byte would fill the store with files."""
TOLD_FOR = timedelta(hours=24)
"""How long a finished upload says what became of it."""
AT_ONCE = 100


def upload_create(  # noqa: PLR0913  named
    session: Session, *, owner_id: UUID, length: int | None, metadata: str, bounds: UploadBounds, now: datetime
) -> Upload:
    """Begin an upload, of as many bytes as there may be where its length is not known yet.

    Raises Problem 413 where it is too large or the quota has no room, 429 where the owner has too many open, and
    TokenRefused for one who was erased.
    """
    if is_erased(session, owner_id):
        raise TokenRefused("token_revoked")
    upload_id, room = uuid7(), _bounded(length, bounds)
    storage_hold(session, owner_id, upload_id, room, most=bounds.quota_bytes)  # one at a time for this owner
    if open_count(session, owner_id) >= bounds.open_uploads:
        raise _too_many(bounds.open_uploads)
    upload = Upload(
        id=upload_id,
        owner_id=owner_id,
        length=length,
        offset=0,
        metadata_sent=metadata,
        created_at=now,
        expires_at=now + bounds.life,
    )
    session.add(upload)
    return upload


def upload_declare_length(  # noqa: PLR0913  named
    session: Session, upload_id: UUID, owner_id: UUID, *, length: int, bounds: UploadBounds, now: datetime
) -> Upload:
    """Say how long an upload is that began without a length; raises Problem 404, 400, 413."""
    upload = upload_get(session, upload_id, owner_id, now=now, lock=True)
    if (upload.length is not None and upload.length != length) or length < upload.offset:
        raise Problem(400, "upload_header_invalid", "Upload-Length is said once, and not below what was sent.")
    storage_hold_less(session, upload_id, _bounded(length, bounds))
    upload.length = length
    return upload


def part_add(  # noqa: PLR0913  named
    session: Session, upload_id: UUID, owner_id: UUID, *, start: int, size: int, file_id: UUID, now: datetime
) -> Upload:
    """Keep a piece whose file is stored.

    Raises Problem 404, 409 where the upload is not at ``start`` any more, and 413 beyond a length told meanwhile.
    """
    upload = upload_get(session, upload_id, owner_id, now=now, lock=True)
    upload_require_offset(upload, start)
    if upload.length is not None and upload.offset + size > upload.length:
        raise beyond_length()
    if parts_count(session, upload_id) >= MOST_PARTS:
        raise Problem(400, "too_many", f"An upload may come in {MOST_PARTS:,} pieces; send larger ones.")
    session.add(UploadPart(upload_id=upload_id, start=start, file_id=file_id))
    upload.offset += size
    return upload


def parts_before(
    session: Session, upload_id: UUID, owner_id: UUID, *, start: int, now: datetime
) -> Sequence[UploadPart]:
    """The pieces before the last one, which begins at ``start``: all of them, for the offset is where they end.

    Raises Problem as part_add does, so that nobody takes a part for the whole after another request has finished it.
    """
    upload_require_offset(upload_get(session, upload_id, owner_id, now=now, lock=True), start)
    return parts_list(session, upload_id)


def upload_finish(session: Session, upload_id: UUID, owner_id: UUID, *, start: int, now: datetime) -> Upload:
    """Give back what an upload holds, whose last piece begins at ``start``; the caller says its asset.

    Raises Problem as part_add does, so that of two requests with the last piece one makes the asset.
    """
    upload = upload_get(session, upload_id, owner_id, now=now, lock=True)
    upload_require_offset(upload, start)
    upload.offset, upload.expires_at = upload.length or 0, now + TOLD_FOR
    session.execute(delete(UploadPart).where(UploadPart.upload_id == upload_id))
    storage_let_go(session, [upload_id])
    session.flush()
    return upload


def upload_remove(session: Session, upload_id: UUID, owner_id: UUID, *, now: datetime) -> None:
    """Forget an upload; raises Problem 404. Its files are to go then."""
    _forget(session, [upload_get(session, upload_id, owner_id, now=now, lock=True)])


def upload_refuse(
    session: Session, upload_id: UUID, owner_id: UUID, *, start: int | None = None, now: datetime
) -> None:
    """Forget an upload whose bytes are refused; its files are to go then.

    Raises Problem 404, and 409 where another request has finished it, or has brought it beyond ``start``.
    """
    upload = upload_get(session, upload_id, owner_id, now=now, lock=True)
    upload_require_offset(upload, upload.offset if start is None else start)
    _forget(session, [upload])


def uploads_remove_expired(session: Session, *, now: datetime) -> Sequence[Upload]:
    """Forget uploads whose time is over, some at a time; the files of those that are given are to go then."""
    over = select(Upload).where(Upload.expires_at <= now).order_by(Upload.expires_at).limit(AT_ONCE)
    return _forget(session, session.scalars(over.with_for_update(skip_locked=True)).all())


def uploads_remove_of(session: Session, owner_id: UUID) -> Sequence[Upload]:
    """Forget an owner's uploads, some at a time; as above."""
    theirs = select(Upload).where(Upload.owner_id == owner_id).order_by(Upload.id).limit(AT_ONCE)
    return _forget(session, session.scalars(theirs.with_for_update()).all())


def beyond_length() -> Problem:
    """What refuses bytes that an upload has no room for."""
    return too_large("This is more than the upload may have.", cause=Cause.BYTES)


def upload_require_offset(upload: Upload, start: int) -> None:
    """Raises Problem 409 where an upload is somewhere else, or at its end."""
    if upload.offset != start or upload.is_finished:
        at = {"Upload-Offset": str(upload.offset)}
        raise Problem(409, "offset_conflict", f"The upload is at {upload.offset}; go on from there.", headers=at)


def _forget(session: Session, uploads: Sequence[Upload]) -> Sequence[Upload]:
    ids = [upload.id for upload in uploads]
    session.execute(delete(UploadPart).where(UploadPart.upload_id.in_(ids)))
    session.execute(delete(Upload).where(Upload.id.in_(ids)))
    storage_let_go(session, ids)
    return uploads


def _bounded(length: int | None, bounds: UploadBounds) -> int:
    """The bytes an upload will have, or could."""
    if length is not None and length > bounds.upload_bytes:
        raise too_large(f"A picture may have {bounds.upload_bytes:,} bytes.", cause=Cause.BYTES)
    return bounds.upload_bytes if length is None else length


def _too_many(most: int) -> Problem:
    detail = f"You may have {most} uploads open; finish or delete one first."
    return Problem(429, "too_many_uploads", detail, headers={"Retry-After": "60"})
