"""What auth has asked to have erased, and how far that is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Mapped, mapped_column

from media_service.database import Base


class Erasure(Base):
    """One request of auth. Once it is done, and nothing more can come about the user, it names nobody."""

    __tablename__ = "erasures"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(index=True)
    begun_at: Mapped[datetime]
    counts: Mapped[dict[str, int]] = mapped_column(MutableDict.as_mutable(JSON), default=dict)
    done_at: Mapped[datetime | None]
    answers: Mapped[int] = mapped_column(default=0)
    completed_at: Mapped[datetime | None]
    """When all services had answered."""
