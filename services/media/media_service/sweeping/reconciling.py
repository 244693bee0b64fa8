"""Comparing the database with the store, both ways: what is recorded and not stored, and what is stored for nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, delete, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from media_service.assets.models import Asset, AssetStatus
from media_service.database import Base, Database, insert
from media_service.quota.models import OwnerStorage
from media_service.storage.models import Blob, Rendition, RenditionForm
from media_service.storage.store import DERIVED, FOLDERS, Store, blob_id_of, key_of
from media_service.sweeping.services import UNCLAIMED_AFTER
from media_service.transforms.models import Derivative, DerivativeState
from media_service.transforms.services import derivative_forget

FOLDERS_AT_ONCE = 8
"""The database is read once for so many of the 256 folders, and the keys of as many are in memory."""


@dataclass(slots=True)
class Drift:
    """What does not agree: keys of pictures, of renditions and of derivatives that are missing, keys that nobody has
    recorded, and owners whose storage is counted wrong."""

    missing_pictures: list[str] = field(default_factory=list)
    missing_renditions: list[str] = field(default_factory=list)
    missing_derivatives: list[str] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)
    miscounted_owners: list[UUID] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How much of each kind."""
        return {
            "missing_pictures": len(self.missing_pictures),
            "missing_renditions": len(self.missing_renditions),
            "missing_derivatives": len(self.missing_derivatives),
            "unrecorded": len(self.unrecorded),
            "miscounted_owners": len(self.miscounted_owners),
        }

    def add(self, other: "Drift") -> None:
        """Take in what was found elsewhere."""
        self.missing_pictures += other.missing_pictures
        self.missing_renditions += other.missing_renditions
        self.missing_derivatives += other.missing_derivatives
        self.unrecorded += other.unrecorded
        self.miscounted_owners += other.miscounted_owners


def folders_compare(database: Database, store: Store, first: int, *, now: datetime) -> Drift:
    """What does not agree in FOLDERS_AT_ONCE of FOLDERS from the first on.

    What is stored just now counts for nothing: a file is there before its row is, and goes after it. What seems missing
    is looked for once more.
    """
    folders = FOLDERS[first : first + FOLDERS_AT_ONCE]
    with database.reading() as session:
        recorded = dict(_recorded(session, folders))
    lying = (*folders, *(f"{DERIVED}/{folder}" for folder in folders))
    stored = {found.key: found.modified for folder in lying for batch in store.list(folder) for found in batch}
    lost = [key for key in sorted(recorded.keys() - stored.keys()) if not store.has(key)]
    extra = [key for key in sorted(stored.keys() - recorded.keys()) if stored[key] < now - UNCLAIMED_AFTER]
    with database.reading() as session:
        recorded = dict(_recorded(session, folders)) if lost or extra else {}
    lost = [key for key in lost if key in recorded]
    return Drift(
        missing_pictures=[key for key in lost if recorded[key] is Blob],
        missing_renditions=[key for key in lost if recorded[key] in {Rendition, RenditionForm}],
        missing_derivatives=[key for key in lost if recorded[key] is Derivative],
        unrecorded=[key for key in extra if key not in recorded],
    )


def owners_compare(session: Session) -> Drift:
    """Owners whose storage is not what their assets have."""
    counted = {row.owner_id: (row.bytes, row.assets) for row in session.scalars(select(OwnerStorage))}
    true = {owner_id: (size, number) for owner_id, size, number in session.execute(_storage_of_owners())}
    return Drift(miscounted_owners=sorted(owner for owner in counted | true if counted.get(owner) != true.get(owner)))


def drift_repair(database: Database, store: Store, drift: Drift, *, now: datetime) -> None:
    """Mend what can be: files of nobody are removed, renditions drawn again, derivatives when they are asked for,
    owners counted again.

    A picture that is missing can only come from a backup.
    """
    store.remove_keys(drift.unrecorded)
    for key in drift.missing_renditions:
        with database.writing() as session:
            _draw_again(session, key, now)
    with database.writing() as session:
        for key in drift.missing_derivatives:
            derivative_forget(session, UUID(PurePath(key).stem))
    for owner_id in drift.miscounted_owners:
        with database.writing() as session:
            _count_again(session, owner_id)


def _recorded(session: Session, folders: tuple[str, ...]) -> Iterator[tuple[str, type[Base]]]:
    """The keys that should lie in folders, each with what it is of."""
    pictures = select(Blob.id, Blob.sha256, Blob.mime).where(_lies_in(session, Blob.id, folders))
    for blob_id, sha256, mime in session.execute(pictures):
        yield key_of(blob_id, sha256, mime), Blob
    for model in (Rendition, RenditionForm):
        of_renditions = select(Blob.id, model.sha256, model.mime).join(model, model.blob_id == Blob.id)
        of_renditions = of_renditions.where(model.sha256 != "")
        for blob_id, sha256, mime in session.execute(of_renditions.where(_lies_in(session, Blob.id, folders))):
            yield key_of(blob_id, sha256, mime), model
    derivatives = select(Derivative).where(Derivative.state == DerivativeState.DRAWN)
    for derivative in session.scalars(derivatives.where(_lies_in(session, Derivative.asset_id, folders))):
        yield derivative.key, Derivative


def _lies_in(session: Session, id_of: InstrumentedAttribute[UUID], folders: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether the last two digits of an id are among these, see ``storage.store``."""
    if session.get_bind().dialect.name == "postgresql":
        return func.right(cast(id_of, String), 2).in_(folders)
    return func.substr(type_coerce(id_of, String), -2).in_(folders)


def _draw_again(session: Session, key: str, now: datetime) -> None:
    """Forget the renditions of a picture; the sweep finds its assets waiting for new ones.

    All is locked in the order in which those who draw do it: assets, then the picture, then what was drawn.
    """
    blob_id = blob_id_of(key)
    ready = select(Asset).where(Asset.blob_id == blob_id, Asset.status == AssetStatus.READY).order_by(Asset.id)
    assets = session.scalars(ready.with_for_update(of=Asset)).all()
    session.execute(select(Blob.id).where(Blob.id == blob_id).with_for_update())
    for model in (Rendition, RenditionForm):
        session.execute(delete(model).where(model.blob_id == blob_id))
    for asset in assets:
        asset.status, asset.attempts, asset.retry_at = AssetStatus.PROCESSING, 0, now


def _count_again(session: Session, owner_id: UUID) -> None:
    """The row is locked first, so that no upload is counted meanwhile."""
    nothing = insert(session, OwnerStorage).values(owner_id=owner_id, bytes=0, assets=0)
    session.execute(nothing.on_conflict_do_update(index_elements=["owner_id"], set_={"assets": OwnerStorage.assets}))
    true = session.execute(_storage_of_owners().where(Asset.owner_id == owner_id)).first()
    row = session.get_one(OwnerStorage, owner_id, populate_existing=True)
    if true is None:
        session.delete(row)
    else:
        row.bytes, row.assets = int(true[1]), true[2]


def _storage_of_owners() -> Select[UUID, int, int]:
    total = cast(func.sum(Blob.bytes), BigInteger)
    return select(Asset.owner_id, total, func.count()).join(Blob, Blob.id == Asset.blob_id).group_by(Asset.owner_id)
