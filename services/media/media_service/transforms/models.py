"""Pictures that were drawn for a signed address, kept for whoever comes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from media_service.assets.models import Asset
from media_service.database import Base
from media_service.storage.store import EXTENSIONS, derived_folder
from media_service.transforms.operations import MOST_LETTERS


class DerivativeState(StrEnum):
    DRAWN = "drawn"
    DRAWING = "drawing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for of the picture that an asset shows now."""

    asset: Asset
    operations: str
    mime: str

    @property
    def key(self) -> dict[str, Any]:
        """Columns that name it."""
        asset = self.asset
        return {"asset_id": asset.id, "revision": asset.revision, "operations": self.operations, "mime": self.mime}


class Derivative(Base):
    """One revision of an asset after operations, in one form; of the asset and not of its stored picture, as it would
    else tell that others show the same.

    One that is being drawn is so since ``used_at``, by whom wrote ``id``; after a while somebody else may begin. The
    others were last asked for about then.
    """

    __tablename__ = "derivatives"
    __table_args__ = (
        UniqueConstraint("asset_id", "revision", "operations", "mime", name="derivatives_once"),
        Index("derivatives_of_owner", "owner_id", "used_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(ForeignKey(Asset.id, ondelete="CASCADE"))
    owner_id: Mapped[UUID]
    revision: Mapped[int]
    operations: Mapped[str] = mapped_column(String(MOST_LETTERS))
    mime: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    used_at: Mapped[datetime]

    @property
    def key(self) -> str:
        """Where its file lies: new with each drawing."""
        return f"{derived_folder(self.asset_id, self.revision)}/{self.id}.{EXTENSIONS[self.mime]}"
