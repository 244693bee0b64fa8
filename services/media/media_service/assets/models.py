"""Assets: a person's pictures, each showing a stored one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from media_service.database import Base
from media_service.storage.models import Blob

ALT_LENGTH = 1000


class AssetStatus(StrEnum):
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Asset(Base):
    """A picture somebody uploaded. ``sha256`` is of the bytes that were sent; ``version`` counts its events,
    ``left_out`` names what of it is not kept.

    While it is processing, ``status`` is the truth and the job only a hint: at ``retry_at`` it is queued again.
    """

    __tablename__ = "assets"
    __table_args__ = (
        Index("assets_of_owner", "owner_id", "id"),
        Index(
            "assets_processing",
            "retry_at",
            postgresql_where=text("status = 'processing'"),
            sqlite_where=text("status = 'processing'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    blob_id: Mapped[UUID] = mapped_column(ForeignKey(Blob.id), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    alt: Mapped[str] = mapped_column(String(ALT_LENGTH), default="")
    left_out: Mapped[str] = mapped_column(String(40), default="", server_default="")
    status: Mapped[str] = mapped_column(String(16), default=AssetStatus.PROCESSING)
    reason: Mapped[str | None] = mapped_column(String(200), default=None)
    version: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime]
    created_at: Mapped[datetime]

    blob: Mapped[Blob] = relationship(lazy="joined", innerjoin=True)


class RemovedAsset(Base):
    """The id of an asset that was removed, so that nothing brings it back."""

    __tablename__ = "removed_assets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    removed_at: Mapped[datetime]
