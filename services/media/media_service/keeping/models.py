"""What uses assets, as the other services tell."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from media_service.database import Base


class AssetUse(Base):
    """An object of another service that shows an asset, since when we know."""

    __tablename__ = "asset_uses"
    __table_args__ = (Index("asset_uses_of_object", "service", "object_type", "object_id"),)

    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(String(16), primary_key=True)
    object_type: Mapped[str] = mapped_column(String(32), primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class UsingObject(Base):
    """An object that was told about, and the ``sequence`` of the last event that was heeded: older ones are not."""

    __tablename__ = "using_objects"

    service: Mapped[str] = mapped_column(String(16), primary_key=True)
    object_type: Mapped[str] = mapped_column(String(32), primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
