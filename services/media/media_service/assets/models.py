"""Assets: a person's pictures, each showing a stored one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from media_service.database import Base
from media_service.storage.models import Blob, Rendition, RenditionForm

ALT_LENGTH = 1000
NOTICE_LENGTH = 500
UNUSED = text("unused_since IS NOT NULL AND trashed_at IS NULL")
TRASHED = text("trashed_at IS NOT NULL")


class AssetStatus(StrEnum):
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Visibility(StrEnum):
    """Who may see an asset: whoever knows its address, or its owner and who has a link."""

    PUBLIC = "public"
    PRIVATE = "private"


class TrashedBecause(StrEnum):
    """Why an asset is in the trash; its owner can restore it but from the last."""

    DELETED = "deleted"
    UNUSED = "unused"
    TAKEN_DOWN = "taken_down"


class Asset(Base):
    """A picture somebody uploaded. ``sha256`` is of the bytes that were sent; ``version`` counts its events,
    ``left_out`` names what of it is not kept, ``focal_x`` and ``focal_y`` the point, as shares of width and height from
    the top left, that is to be seen wherever it is cropped. ``revision`` counts the pictures it has shown, the first is
    1; the last came at ``replaced_at``. Answers and events read their fields from it by name.

    While it is processing, ``status`` is the truth and the job only a hint: at ``retry_at`` it is queued again.

    ``unused_since`` is None while something uses it, and for one that was there before uses were counted: such a one is
    kept. In the trash, since ``trashed_at``, it is shown to nobody but its owner; ``notice`` is what whoever took it
    down says of that.
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
        Index("assets_unused", "unused_since", postgresql_where=UNUSED, sqlite_where=UNUSED),
        Index("assets_trashed", "trashed_at", postgresql_where=TRASHED, sqlite_where=TRASHED),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    blob_id: Mapped[UUID] = mapped_column(ForeignKey(Blob.id), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    alt: Mapped[str] = mapped_column(String(ALT_LENGTH), default="")
    focal_x: Mapped[float | None] = mapped_column(default=None)
    focal_y: Mapped[float | None] = mapped_column(default=None)
    left_out: Mapped[str] = mapped_column(String(40), default="", server_default="")
    status: Mapped[str] = mapped_column(String(16), default=AssetStatus.PROCESSING)
    reason: Mapped[str | None] = mapped_column(String(200), default=None)
    version: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime]
    created_at: Mapped[datetime]
    visibility: Mapped[str] = mapped_column(String(8), default=Visibility.PUBLIC, server_default=Visibility.PUBLIC)
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    replaced_at: Mapped[datetime | None] = mapped_column(default=None)
    unused_since: Mapped[datetime | None] = mapped_column(default=None)
    trashed_at: Mapped[datetime | None] = mapped_column(default=None)
    trashed_because: Mapped[str] = mapped_column(String(16), default="", server_default="")
    notice: Mapped[str] = mapped_column(String(500), default="", server_default="")

    blob: Mapped[Blob] = relationship(lazy="joined", innerjoin=True)

    mime: AssociationProxy[str] = association_proxy("blob", "mime")
    bytes: AssociationProxy[int] = association_proxy("blob", "bytes")
    width: AssociationProxy[int] = association_proxy("blob", "width")
    height: AssociationProxy[int] = association_proxy("blob", "height")
    animated: AssociationProxy[bool | None] = association_proxy("blob", "animated")
    asset_id: Mapped[UUID] = synonym("id")
    sequence: Mapped[int] = synonym("version")

    @property
    def focal(self) -> tuple[float, float] | None:
        """The focal point, if its owner has said one."""
        return None if self.focal_x is None or self.focal_y is None else (self.focal_x, self.focal_y)

    @focal.setter
    def focal(self, point: tuple[float, float] | None) -> None:
        self.focal_x, self.focal_y = point or (None, None)

    @property
    def is_private(self) -> bool:
        return self.visibility == Visibility.PRIVATE

    @property
    def shown_since(self) -> datetime:
        """How old the picture is that it shows."""
        return self.replaced_at or self.created_at

    @property
    def renditions(self) -> list[Rendition]:
        """None before it is ready, though the same picture of another asset may have some."""
        return self.blob.renditions if self.status == AssetStatus.READY else []


class AssetForm(Base):
    """Notes that a form of a rendition was drawn for an asset too: until then it has none, though the file is there.

    What it takes to get one would else tell of others who show the same picture.
    """

    __tablename__ = "asset_forms"
    __table_args__ = (
        ForeignKeyConstraint(
            ["blob_id", "preset", "mime"],
            [RenditionForm.blob_id, RenditionForm.preset, RenditionForm.mime],
            ondelete="CASCADE",
        ),
    )

    blob_id: Mapped[UUID] = mapped_column(primary_key=True)
    preset: Mapped[str] = mapped_column(String(16), primary_key=True)
    mime: Mapped[str] = mapped_column(String(32), primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(ForeignKey(Asset.id, ondelete="CASCADE"), primary_key=True, index=True)


class RemovedAsset(Base):
    """The id of an asset that was removed, so that nothing brings it back."""

    __tablename__ = "removed_assets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    removed_at: Mapped[datetime]
