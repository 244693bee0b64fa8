"""Who was erased, as keyed hashes: nothing of theirs is taken in any more."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from media_service.database import Base


class HashKey(Base):
    """The one key of the hashes, made when the first is needed."""

    __tablename__ = "erased_key"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(LargeBinary(32))


class ErasedUser(Base):
    """Somebody who was erased."""

    __tablename__ = "erased_users"

    user_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime]
