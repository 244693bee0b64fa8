"""How an upload is shown: in headers, as the protocol has them, and as JSON for who watches it."""

from datetime import datetime
from email.utils import format_datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from media_service.assets.schemas import Moment
from media_service.tus.models import Upload


class UploadOut(BaseModel):
    """An upload: ``offset`` of ``length`` bytes are there. ``asset_id`` is the picture that it became."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    offset: int
    length: int | None
    expires_at: Moment
    asset_id: UUID | None


def headers_of(upload: Upload) -> dict[str, str]:
    """How far an upload is, until when it may go on, and what became of it."""
    shown = {"Upload-Offset": str(upload.offset), "Upload-Expires": _http_date(upload.expires_at)}
    return shown | ({"Asset-ID": str(upload.asset_id)} if upload.is_finished else {})


def all_headers_of(upload: Upload) -> dict[str, str]:
    """All headers of an upload, with what its creator has said of it."""
    length = {"Upload-Defer-Length": "1"} if upload.length is None else {"Upload-Length": str(upload.length)}
    metadata = {"Upload-Metadata": upload.metadata_sent} if upload.metadata_sent else {}
    return headers_of(upload) | length | metadata


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
