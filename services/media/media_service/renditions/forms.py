"""Renditions in other forms than WebP, made when they are first asked for: few of all there could be ever are.

One at a time in a process, each owner in turn; together they take turns with uploads as one user does. Each asset has
its own drawn, also where another that shows the same picture has had it: the time that it takes would tell.
"""

import hashlib
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from chassis.logging import get_logger
from chassis.metrics import counter
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select
from sqlalchemy.orm import Session

from media_service.assets.models import Asset, AssetForm
from media_service.database import AsyncDatabase, insert
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.decoding.on_demand import OnDemand
from media_service.decoding.slots import FairSlots
from media_service.pictures.outcomes import Rendered
from media_service.pictures.scratch import Scratch
from media_service.renditions.selectors import form_file_is_recorded, form_get
from media_service.settings import MediaSettings
from media_service.storage.models import Blob, RenditionForm
from media_service.storage.store import Store, folder_of, key_of

Key = tuple[UUID, int, str, str]
ALL_OWNERS = "forms"
"""Who they are among those who upload: as its owner, the one whose turn it is would hold all up behind his uploads."""

log = get_logger()


@dataclass(slots=True)
class Forms:
    """Makes them for one web process; for one event loop."""

    settings: MediaSettings
    database: AsyncDatabase
    store: Store
    decoder: Decoder
    slots: FairSlots
    making: OnDemand[Key, RenditionForm | None] = field(default_factory=OnDemand)
    _turns: FairSlots = field(default_factory=partial(FairSlots, 1))

    async def get(self, asset: Asset, preset: str, mime: str, *, seconds: float) -> RenditionForm | None:
        """A rendition of an asset in another form; None if it is not there after so many seconds."""
        kept = await self.database.read(form_get, asset, preset, mime)
        if kept:
            return kept
        key, make = (asset.id, asset.revision, preset, mime), partial(self._make, asset, preset, mime)
        return await self.making.get(key, make, user=asset.owner_id, seconds=seconds)

    async def _make(self, asset: Asset, preset: str, mime: str) -> RenditionForm | None:
        """One without a file where it never can be made; None where it cannot now, which the log tells."""
        outcome, kept, blob = "failed", None, asset.blob
        try:
            async with self._turns.slot(asset.owner_id), self.slots.slot(ALL_OWNERS):
                form = await run_in_threadpool(self._draw_or_give_up, blob, preset, mime)
            kept = await self.database.write(form_keep, form, asset)
            if kept is None:
                await run_in_threadpool(self.store.remove, folder_of(blob.id))
            elif form.sha256 not in {"", kept.sha256}:  # another version of the encoder has drawn the other
                await self._remove_if_nobodys(form)
            outcome = "removed" if kept is None else "made" if kept.sha256 else "undecodable"
        except Exception as error:  # noqa: BLE001  whatever it was, nobody waits for it who could be told
            log.warning("rendition not made", blob=str(blob.id), preset=preset, form=mime, error=str(error))
        counter("media_rendition_forms_total").labels(mime.partition("/")[2], outcome).inc()
        return kept

    async def _remove_if_nobodys(self, form: RenditionForm) -> None:
        """Remove its file unless another size of the picture, which is small then, has the same."""
        if not await self.database.read(form_file_is_recorded, form):
            key = key_of(form.blob_id, form.sha256, form.mime)
            await run_in_threadpool(self.store.remove_keys, [key])

    def _draw_or_give_up(self, blob: Blob, preset: str, mime: str) -> RenditionForm:
        try:
            return self._draw(blob, preset, mime)
        except Undecodable as error:
            log.warning("rendition cannot be made", blob=str(blob.id), preset=preset, form=mime, error=str(error))
            return RenditionForm(blob_id=blob.id, preset=preset, mime=mime, sha256="", bytes=0)

    def _draw(self, blob: Blob, preset: str, mime: str) -> RenditionForm:
        """Draw it of the picture itself, not of another form, and store its file."""
        with Scratch(self.settings.scratch_dir) as scratch:
            original = scratch.file()
            self.store.fetch(key_of(blob.id, blob.sha256, blob.mime), original)
            sides = {preset: self.settings.sides[preset]}
            (drawn,) = self.decoder.render(original, blob.mime, scratch.file(), sides, mime)
        form = _row(blob, drawn)
        self.store.put(key_of(blob.id, form.sha256, mime), drawn.content)
        return form


def _row(blob: Blob, drawn: Rendered) -> RenditionForm:
    sha256 = hashlib.sha256(drawn.content).hexdigest()
    return RenditionForm(blob_id=blob.id, preset=drawn.name, mime=drawn.mime, sha256=sha256, bytes=len(drawn.content))


def form_keep(session: Session, form: RenditionForm, asset: Asset) -> RenditionForm | None:
    """Record a form whose file is stored, and that this asset has it, unless it shows another picture by now.

    The one that is kept may be another's, which was quicker, unless that one could not be drawn. None if the picture is
    gone.
    """
    as_it_was = (Asset.id == asset.id, Asset.blob_id == form.blob_id, Asset.revision == asset.revision)
    is_there = session.scalar(select(Asset.id).where(*as_it_was).with_for_update())
    if session.get(Blob, form.blob_id, with_for_update=True) is None:
        return None
    values = {column.key: getattr(form, column.key) for column in RenditionForm.__table__.columns}
    key = {name: values[name] for name in ("blob_id", "preset", "mime")}
    new = insert(session, RenditionForm).values(values)
    session.execute(new.on_conflict_do_update(index_elements=[*key], set_=values, where=RenditionForm.sha256 == ""))
    if is_there:
        own = insert(session, AssetForm).values(asset_id=asset.id, **key)
        session.execute(own.on_conflict_do_nothing())
    return session.get_one(RenditionForm, tuple(key.values()))
