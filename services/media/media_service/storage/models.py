"""Pictures as they are stored, each once, however many assets show it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from media_service.database import Base


class Blob(Base):
    """One stored picture. ``sha256``, ``bytes``, ``width`` and ``height`` are of what is stored, not of what was sent.

    Its files lie in a folder named by its id: a picture that is stored again after it was removed gets a new folder, so
    the late removal of the old files cannot touch the new ones.
    """

    __tablename__ = "blobs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    mime: Mapped[str] = mapped_column(String(32))
    bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime]
