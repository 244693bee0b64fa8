"""How much of the store each owner's pictures take."""

from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from media_service.database import Base


class StorageHold(Base):
    """``bytes`` that an owner's picture on its way may yet take; ``id`` is that of what holds them."""

    __tablename__ = "storage_holds"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(index=True)
    bytes: Mapped[int] = mapped_column(BigInteger)


class OwnerStorage(Base):
    """The ``bytes`` of an owner's assets, each counted in full whoever stored the same picture, and their number.

    It is written in the transactions that add and remove assets: uploads at once cannot pass the quota together.
    """

    __tablename__ = "owner_storage"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    bytes: Mapped[int] = mapped_column(BigInteger)
    assets: Mapped[int]
