"""What is stored: pictures, each once however many assets show it, and the renditions that were made of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from media_service.database import Base


class Blob(Base):
    """One stored picture. ``sha256``, ``bytes``, ``width`` and ``height`` are of what is stored, not of what was sent.

    ``thumbhash`` and ``color`` are drawn with the renditions, see ``pictures.placeholders``; empty before.
    ``animated`` is None for one that was stored before this was told, until its renditions are drawn again.

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
    animated: Mapped[bool | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    thumbhash: Mapped[str] = mapped_column(String(44), default="", server_default="")
    color: Mapped[str] = mapped_column(String(7), default="", server_default="")

    renditions: Mapped[list["Rendition"]] = relationship(
        viewonly=True, order_by="(Rendition.width, Rendition.height, Rendition.preset.desc())"
    )
    """Smallest first."""


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


class RenditionForm(Base):
    """A rendition in another form than WebP, see ``renditions.forms``; drawn anew, it is forgotten.

    All assets that show the picture share its file, but only those of ``AssetForm`` show it.

    One without a hash has no file: it cannot be drawn.
    """

    __tablename__ = "rendition_forms"

    blob_id: Mapped[UUID] = mapped_column(ForeignKey(Blob.id, ondelete="CASCADE"), primary_key=True)
    preset: Mapped[str] = mapped_column(String(16), primary_key=True)
    mime: Mapped[str] = mapped_column(String(32), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
