"""Renditions: smaller WebP pictures of a stored one."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from media_service.database import Base
from media_service.storage.models import Blob

PRESETS = {"thumb": 320, "medium": 800, "large": 1600}
"""Pixels the longest side has at most; a picture is never enlarged."""


class Rendition(Base):
    """One preset of a stored picture; all assets that show it share its renditions."""

    __tablename__ = "renditions"

    blob_id: Mapped[UUID] = mapped_column(ForeignKey(Blob.id, ondelete="CASCADE"), primary_key=True)
    preset: Mapped[str] = mapped_column(String(16), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(32))
    bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int]
    height: Mapped[int]
