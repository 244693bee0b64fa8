"""Renditions in other forms than WebP, made when they are first asked for: few of all there could be ever are.

One at a time in a process, in turn with uploads.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from chassis.logging import get_logger
from chassis.metrics import counter
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from media_service.database import AsyncDatabase, insert
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.decoding.on_demand import OnDemand
from media_service.decoding.slots import FairSlots
from media_service.pictures.outcomes import Rendered
from media_service.pictures.scratch import Scratch
from media_service.renditions.selectors import form_get
from media_service.settings import MediaSettings
from media_service.storage.models import Blob, Rendition, RenditionForm
from media_service.storage.store import Store, folder_of, key_of

Key = tuple[UUID, str, str]

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
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def get(
        self, rendition: Rendition, blob: Blob, mime: str, *, user: UUID, seconds: float
    ) -> RenditionForm | None:
        """A rendition in another form, of a picture of this user's; None if it is not there after so many seconds."""
        kept = await self.database.read(form_get, blob.id, rendition.preset, mime)
        if kept:
            return kept
        make = partial(self._make, blob, rendition.preset, mime, user)
        return await self.making.get((blob.id, rendition.preset, mime), make, user=user, seconds=seconds)

    async def _make(self, blob: Blob, preset: str, mime: str, user: UUID) -> RenditionForm | None:
        """One without a file where it never can be made; None where it cannot now, which the log tells."""
        outcome = "failed"
        try:
            async with self._turn, self.slots.slot(user):
                form = await run_in_threadpool(self._draw_or_give_up, blob, preset, mime)
            is_kept = await self.database.write(form_keep, form)
            if not is_kept:
                await run_in_threadpool(self.store.remove, folder_of(blob.id))
            outcome = "removed" if not is_kept else "made" if form.sha256 else "undecodable"
        except Exception as error:  # noqa: BLE001  whatever it was, nobody waits for it who could be told
            log.warning("rendition not made", blob=str(blob.id), preset=preset, form=mime, error=str(error))
        counter("media_rendition_forms_total").labels(mime.partition("/")[2], outcome).inc()
        return form if outcome in {"made", "undecodable"} else None

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


def form_keep(session: Session, form: RenditionForm) -> bool:
    """Record a form whose file is stored; another process may have been quicker. False if the picture is gone."""
    if session.get(Blob, form.blob_id, with_for_update=True) is None:
        return False
    values = {column.key: getattr(form, column.key) for column in RenditionForm.__table__.columns}
    session.execute(insert(session, RenditionForm).values(values).on_conflict_do_nothing())
    return True
