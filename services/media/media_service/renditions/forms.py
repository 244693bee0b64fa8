"""Renditions in other forms than WebP, made when they are first asked for: few of all there could be ever are.

One at a time in a process, each once however many ask, in turn with uploads. A request waits for one for a moment,
then comes again; what was begun goes on.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from chassis.logging import get_logger
from chassis.metrics import counter
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from media_service.database import AsyncDatabase, insert
from media_service.decoding.decoder import Decoder
from media_service.decoding.slots import FairSlots
from media_service.pictures.outcomes import Rendered
from media_service.pictures.scratch import Scratch
from media_service.renditions.selectors import form_get
from media_service.settings import MediaSettings
from media_service.storage.models import Blob, Rendition, RenditionForm
from media_service.storage.store import Store, folder_of, key_of

WAITING = 50  # forms that may wait for their turn in a process; beyond it none is begun
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
    _making: dict[Key, asyncio.Task[RenditionForm | None]] = field(default_factory=dict)
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def get(self, rendition: Rendition, blob: Blob, mime: str, *, seconds: float) -> RenditionForm | None:
        """A rendition in another form; None if it is not there after so many seconds, though it may be made later."""
        kept = await self.database.read(form_get, blob.id, rendition.preset, mime)
        if kept:
            return kept
        making = self._begun(blob, rendition.preset, mime)
        if making is None:
            return None
        done, _ = await asyncio.wait([making], timeout=seconds)
        return making.result() if done else None

    async def close(self) -> None:
        """Give up what is being made."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begun(self, blob: Blob, preset: str, mime: str) -> "asyncio.Task[RenditionForm | None] | None":
        key = blob.id, preset, mime
        if key not in self._making and len(self._making) < WAITING:
            task = self._making[key] = asyncio.create_task(self._make(blob, preset, mime))
            task.add_done_callback(lambda _: self._making.pop(key))
        return self._making.get(key)

    async def _make(self, blob: Blob, preset: str, mime: str) -> RenditionForm | None:
        """None where it cannot be made, which the log tells."""
        outcome = "failed"
        try:
            async with self._turn, self.slots.slot("forms"):
                form = await run_in_threadpool(self._draw, blob, preset, mime)
            is_kept = await self.database.write(form_keep, form)
            if not is_kept:
                await run_in_threadpool(self.store.remove, folder_of(blob.id))
            outcome = "made" if is_kept else "removed"
        except Exception as error:  # noqa: BLE001  whatever it was, nobody waits for it who could be told
            log.warning("rendition not made", blob=str(blob.id), preset=preset, form=mime, error=str(error))
        counter("media_rendition_forms_total").labels(mime.partition("/")[2], outcome).inc()
        return form if outcome == "made" else None

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
