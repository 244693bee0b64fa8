"""Pictures that come in pieces: how far each is, and where its pieces lie."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from media_service.database import Base

METADATA_LENGTH = 8000


class Upload(Base):
    """A picture on its way. ``metadata_sent`` is the header as it came, which HEAD tells again.

    ``length`` is None until the client says it. It holds some of its owner's quota until ``asset_id`` tells what
    became of it; then only this row is left, until it expires.
    """

    __tablename__ = "uploads"
    __table_args__ = (Index("uploads_of_owner", "owner_id"), Index("uploads_expiring", "expires_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    length: Mapped[int | None] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    metadata_sent: Mapped[str] = mapped_column(String(METADATA_LENGTH))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    asset_id: Mapped[UUID | None] = mapped_column(default=None)

    @property
    def is_finished(self) -> bool:
        return self.asset_id is not None


class UploadPart(Base):
    """A piece that is kept: the file ``file_id`` holds the bytes of the upload from ``start`` on.

    No two pieces of an upload begin at the same place: of two requests that send the same bytes one is too late.
    """

    __tablename__ = "upload_parts"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey(Upload.id, ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    file_id: Mapped[UUID]
