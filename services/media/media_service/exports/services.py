"""Making archives, in the background: what the services tell of somebody is packed, kept for a day and purged."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from chassis.events.databases.sqlalchemy import publish
from chassis.internal_client import InternalNotFound, InternalUnavailable
from chassis.logging import get_logger
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from media_service.database import Database
from media_service.erased.services import is_erased
from media_service.exports.events import ExportMade
from media_service.exports.models import Export
from media_service.exports.packing import FOLDER, Told, export_key, pack
from media_service.exports.selectors import held_rows
from media_service.pictures.scratch import Scratch
from media_service.storage.store import Store

LIFE = timedelta(hours=24)
"""How long it can be fetched, and how long it is tried to make one: auth waits no longer."""
UNCLAIMED_AFTER = timedelta(hours=1)
Tell = Callable[[UUID], Told]

log = get_logger()


def export_ask(session: Session, export_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Have an archive made; asked again for one that is known, nothing, and nothing about who was erased."""
    if session.get(Export, export_id) is None and not is_erased(session, user_id):
        session.add(Export(id=export_id, user_id=user_id, asked_at=now))


def exports_make(
    database: Database, store: Store, neighbours: Mapping[str, Tell], scratch: Scratch, *, now: datetime
) -> None:
    """Make those that were asked for; what a neighbour that is away has a part in is made later."""
    with database.reading() as session:
        waiting = session.scalars(select(Export).where(Export.expires_at.is_(None)).order_by(Export.id)).all()
    for export in waiting:
        try:
            _make(database, store, neighbours, scratch, export, now=now)
        except (InternalUnavailable, InternalNotFound, OSError) as error:
            log.warning("export not made yet", export=str(export.id), error=type(error).__name__)


def _make(  # noqa: PLR0913  all that makes one
    database: Database, store: Store, neighbours: Mapping[str, Tell], scratch: Scratch, export: Export, *, now: datetime
) -> None:
    packed = scratch.file()
    with database.reading() as session:
        told = {name: tell(export.user_id) for name, tell in neighbours.items()}
        pack(packed, told | {"media": held_rows(session, export.user_id)})
    store.put(export_key(export.id), packed)
    with database.writing() as session:
        is_told = _tell(session, export.id, now + LIFE)
    if not is_told:
        store.remove_keys([export_key(export.id)])


def _tell(session: Session, export_id: UUID, expires_at: datetime) -> bool:
    """Say that it is made, unless its user was erased meanwhile, or it took too long."""
    export = session.get(Export, export_id, with_for_update=True)
    if export is None:
        return False
    if export.expires_at is None:
        export.expires_at = expires_at
        publish(session, ExportMade(export_id=export_id, expires_at=expires_at), sequence=1)
    return True


def exports_purge(database: Database, store: Store, *, now: datetime) -> None:
    """Remove what has expired, what could not be made in time, and files of which nobody knows."""
    over = or_(Export.expires_at <= now, Export.expires_at.is_(None) & (Export.asked_at <= now - LIFE))
    with database.writing() as session:
        gone = session.scalars(delete(Export).where(over).returning(Export.id)).all()
        store.remove_keys([export_key(export_id) for export_id in gone])
    with database.reading() as session:
        known = {export_key(export_id) for export_id in session.scalars(select(Export.id))}
    for batch in store.list(FOLDER):
        store.remove_keys(
            [each.key for each in batch if each.key not in known and each.modified < now - UNCLAIMED_AFTER]
        )
