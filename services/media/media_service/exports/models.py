"""Archives of all that is held about somebody, which auth has asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from media_service.database import Base


class Export(Base):
    """What the services told of somebody lies in the store, packed; the pictures join it when it is fetched."""

    __tablename__ = "exports"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """Known once it is made."""
