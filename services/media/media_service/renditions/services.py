"""Making renditions. The asset's status is the truth: all of this may be done twice, at once or not at all."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.logging import get_logger
from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from media_service.assets.models import Asset, AssetStatus
from media_service.assets.services import asset_mark_failed, asset_mark_ready, shown_changed
from media_service.database import Database, insert
from media_service.decoding.answers import Undecodable
from media_service.decoding.children import DecoderAway
from media_service.decoding.decoder import Decoder
from media_service.pictures.scratch import Scratch
from media_service.presets import PRESETS
from media_service.renditions.making import Drawing, counted, renditions_draw
from media_service.storage.models import Blob, Rendition, RenditionForm
from media_service.storage.store import Store, folder_of, key_of

MAX_ATTEMPTS = 5
RETRY_AFTER = timedelta(seconds=60)  # doubled with each attempt
STORE_TIME = timedelta(minutes=2)  # what an attempt may take beside decoding
REQUEUE_AFTER = timedelta(minutes=5)
REQUEUE_AT_MOST = 500

log = get_logger()


def renditions_make(  # noqa: PLR0913, PLR0917  what a job works with
    database: Database,
    store: Store,
    decoder: Decoder,
    scratch: Scratch,
    asset_id: UUID,
    sides: Mapping[str, int] = PRESETS,
) -> None:
    """Make an asset's renditions and say that it is ready, or that it failed for good.

    What fails for a passing reason is raised, and is tried again when the sweeper finds the asset still processing.
    """
    with database.writing() as session:
        asset = _attempt(session, asset_id, until=datetime.now(UTC) + timedelta(seconds=decoder.longest) + STORE_TIME)
    if asset is None:
        return
    with counted(sides) as outcome:
        try:
            # also what is there already: the time it takes would tell of others
            drawn = renditions_draw(store, decoder, scratch, asset.blob, sides)
        except Undecodable as error:
            outcome.word = "undecodable"
            log.warning("picture cannot be rendered", asset=str(asset_id), error=str(error))
            with database.writing() as session:
                _fail(session, asset, "no renditions could be made of it")
            return
        except Exception as error:
            with database.writing() as session:
                _try_later(session, asset, is_counted=not isinstance(error, DecoderAway))
            raise
        with database.writing() as session:
            is_kept = _finish(session, asset, drawn)
        outcome.word = "made" if is_kept else "removed"
    if not is_kept:
        _forget_files_of_removed(database, store, asset.blob_id)


def renditions_redo(  # noqa: PLR0913, PLR0917  as above
    database: Database, store: Store, decoder: Decoder, scratch: Scratch, blob_id: UUID, sides: Mapping[str, int]
) -> None:
    """Draw a stored picture's renditions anew and put them in the place of the old ones; if it is gone, nothing.

    Raises what renditions_draw does. Its assets tell of sizes that have changed, and caches forget
    what is drawn otherwise now.
    """
    with database.reading() as session:
        blob = session.get(Blob, blob_id)
    if blob is None:
        return
    with counted(sides) as outcome:
        try:
            drawing = renditions_draw(store, decoder, scratch, blob, sides)
        except Undecodable:
            outcome.word = "undecodable"
            raise
        with database.writing() as session:
            old = _replace(session, blob_id, drawing)
        outcome.word = "removed" if old is None else "made"
    if old is None:
        store.remove(folder_of(blob_id))
        return
    new = {key_of(blob_id, each.sha256, each.mime) for each in drawing.renditions}
    store.remove_keys([key for key in old if key not in new])


def renditions_requeue_stuck(session: Session, *, now: datetime) -> Sequence[UUID]:
    """The assets whose job was lost or failed; the caller queues them again."""
    query = select(Asset).where(Asset.status == AssetStatus.PROCESSING, Asset.retry_at <= now)
    query = query.order_by(Asset.retry_at).limit(REQUEUE_AT_MOST).with_for_update(of=Asset, skip_locked=True)
    stuck = session.scalars(query).all()
    for asset in stuck:
        asset.retry_at = now + REQUEUE_AFTER
    return [asset.id for asset in stuck]


def _attempt(session: Session, asset_id: UUID, *, until: datetime) -> Asset | None:
    """The asset, if there is something to do, and nobody else's meanwhile.

    A picture that keeps killing its worker is given up.
    """
    asset = session.scalar(_processing(asset_id))
    if asset is None:
        return None
    if asset.attempts >= MAX_ATTEMPTS:
        asset_mark_failed(session, asset, f"no renditions could be made of it in {MAX_ATTEMPTS} attempts")
        return None
    asset.retry_at = until
    asset.attempts += 1
    return asset


def _try_later(session: Session, attempted: Asset, *, is_counted: bool) -> None:
    if asset := _still(session, attempted):
        asset.attempts -= not is_counted
        asset.retry_at = datetime.now(UTC) + RETRY_AFTER * 2 ** max(asset.attempts - 1, 0)


def _finish(session: Session, attempted: Asset, drawing: Drawing) -> bool:
    asset = _still(session, attempted)
    if asset is None:
        return False
    session.execute(_rows(session, drawing).on_conflict_do_nothing())
    asset.blob.thumbhash, asset.blob.color = drawing.placeholder
    asset_mark_ready(session, asset)
    return True


def _replace(session: Session, blob_id: UUID, drawing: Drawing) -> list[str] | None:
    """The keys of the renditions that were there, in all their forms; None if the picture is gone."""
    ready = select(Asset).where(Asset.blob_id == blob_id, Asset.status == AssetStatus.READY).order_by(Asset.id)
    assets = session.scalars(ready.with_for_update(of=Asset)).all()
    blob = session.scalar(select(Blob).where(Blob.id == blob_id).with_for_update())
    if blob is None:
        return None
    old = session.scalars(select(Rendition).where(Rendition.blob_id == blob_id)).all()
    forms = session.scalars(select(RenditionForm).where(RenditionForm.blob_id == blob_id)).all()
    if not old:  # it is being drawn for the first time
        return []
    for model in (Rendition, RenditionForm):
        session.execute(delete(model).where(model.blob_id == blob_id).execution_options(synchronize_session=False))
    session.expunge_all()
    session.execute(_rows(session, drawing))
    thumbhash, color = drawing.placeholder
    told = {"thumbhash": thumbhash, "color": color, "animated": drawing.animated}
    session.execute(update(Blob).where(Blob.id == blob_id).values(told))
    has_other_sizes = _sizes(old) != _sizes(drawing.renditions)
    has_changed = _hashes(old) != _hashes(drawing.renditions)
    for asset in assets:
        if has_changed or forms:
            shown_changed(session, asset.id)
        if has_other_sizes:
            asset_mark_ready(session, session.get_one(Asset, asset.id))
    files = [(each.sha256, each.mime) for each in old] + [(each.sha256, each.mime) for each in forms]
    return [key_of(blob_id, sha256, mime) for sha256, mime in files]


def _sizes(renditions: Sequence[Rendition]) -> set[tuple[str, int, int]]:
    return {(each.preset, each.width, each.height) for each in renditions}


def _hashes(renditions: Sequence[Rendition]) -> set[tuple[str, str]]:
    return {(each.preset, each.sha256) for each in renditions}


def _rows(session: Session, drawing: Drawing) -> postgresql.Insert | sqlite.Insert:
    columns = [column.key for column in Rendition.__table__.columns]
    rows = [{name: getattr(rendition, name) for name in columns} for rendition in drawing.renditions]
    return insert(session, Rendition).values(rows)


def _fail(session: Session, attempted: Asset, reason: str) -> None:
    if asset := _still(session, attempted):
        asset_mark_failed(session, asset, reason)


def _forget_files_of_removed(database: Database, store: Store, blob_id: UUID) -> None:
    """Files drawn while the picture was being removed belong to nobody."""
    with database.reading() as session:
        is_gone = session.get(Blob, blob_id) is None
    if is_gone:
        store.remove(folder_of(blob_id))


def _still(session: Session, attempted: Asset) -> Asset | None:
    """The asset if it waits for what is being made: not where it shows another picture by now."""
    return session.scalar(_processing(attempted.id).where(Asset.revision == attempted.revision))


def _processing(asset_id: UUID) -> Select[Asset]:
    query = select(Asset).where(Asset.id == asset_id, Asset.status == AssetStatus.PROCESSING)
    return query.with_for_update(of=Asset)
