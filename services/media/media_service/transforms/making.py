"""Drawing pictures for signed addresses while requests wait: once over all replicas, each user in turn with uploads."""

import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from chassis.logging import get_logger
from chassis.metrics import counter
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from media_service.database import AsyncDatabase
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.decoding.on_demand import OnDemand
from media_service.decoding.slots import FairSlots
from media_service.pictures.outcomes import Rendered
from media_service.pictures.scratch import Scratch
from media_service.settings import MediaSettings
from media_service.storage.store import Store, key_of
from media_service.transforms import services
from media_service.transforms.models import Derivative, Wanted
from media_service.transforms.operations import Operations
from media_service.transforms.selectors import derivative_get

LOOK_AGAIN_SECONDS = 0.1  # while another replica draws it
Key = tuple[Any, ...]

log = get_logger()


@dataclass(slots=True)
class Derivatives:
    """Draws them for one web process; for one event loop."""

    settings: MediaSettings
    database: AsyncDatabase
    store: Store
    decoder: Decoder
    slots: FairSlots
    making: OnDemand[Key, Derivative | None] = field(default_factory=OnDemand)

    async def get(self, wanted: Wanted, operations: Operations, *, seconds: float) -> Derivative | None:
        """What is wanted, drawn or failed; None if it is not there after so many seconds, though it may be later."""
        kept, now = await self.database.read(derivative_get, wanted), datetime.now(UTC)
        if kept is None:
            make, owner = partial(self._make, wanted, operations), wanted.asset.owner_id
            return await self.making.get(tuple(wanted.key.values()), make, user=owner, seconds=seconds)
        if kept.used_at < now - services.USED_ANEW_AFTER:
            await self.database.write(services.derivative_use, kept, now=now)
        return kept

    async def lost(self, derivative: Derivative) -> None:
        """Have it drawn again when it is next asked for: its file is not there."""
        await self.database.write(services.derivative_forget, derivative.id)

    async def _make(self, wanted: Wanted, operations: Operations) -> Derivative | None:
        """Draw it in turn; None where nothing came of it, which the log tells, or where the asset has gone."""
        async with self.slots.slot(wanted.asset.owner_id):
            try:
                claim = await self.database.write(services.derivative_claim, wanted, now=datetime.now(UTC))
            except IntegrityError:
                return None
            if claim:
                holding = asyncio.create_task(self._hold(claim))
                try:
                    return await self._draw_claimed(claim, wanted, operations)
                finally:
                    holding.cancel()
        return await self._drawn_elsewhere(wanted)

    async def _hold(self, claim: UUID) -> None:
        """Until cancelled, let the other replicas know that it is still being drawn, however long that takes."""
        while True:
            await asyncio.sleep(services.HELD_EVERY.total_seconds())
            try:
                await self.database.write(services.derivative_hold, claim, now=datetime.now(UTC))
            except SQLAlchemyError as error:
                log.warning("drawing not held", claim=str(claim), error=type(error).__name__)

    async def _draw_claimed(self, claim: UUID, wanted: Wanted, operations: Operations) -> Derivative | None:
        outcome, gone = "failed", list[str]()
        try:
            kept, gone = await self._draw_and_keep(claim, wanted, operations)
            outcome = "drawn" if kept else "removed"
        except Undecodable:
            gone = await self.database.write(services.derivative_fail, claim, bounds=self.settings.derived_bounds)
            outcome, kept = "undecodable", await self.database.read(derivative_get, wanted)
        except Exception as error:  # noqa: BLE001  whatever it was, nobody waits for it who could be told
            log.warning("picture not transformed", asset=str(wanted.asset.id), error=str(error))
            kept = None
        finally:
            counter("media_transforms_total").labels(wanted.mime.partition("/")[2], outcome).inc()
            if outcome == "failed":
                await asyncio.shield(self._leave_nothing(claim, wanted))
        if gone:
            if outcome != "removed":
                counter("media_transforms_evicted_total").inc(len(gone))
            await self._remove(gone)
        return kept

    async def _leave_nothing(self, claim: UUID, wanted: Wanted) -> None:
        """Let somebody else draw it; the file may be stored though its row could not be kept."""
        await self.database.write(services.derivative_forget, claim)
        await self._remove([Derivative(id=claim, **wanted.key).key])

    async def _draw_and_keep(
        self, claim: UUID, wanted: Wanted, operations: Operations
    ) -> tuple[Derivative | None, list[str]]:
        """What was drawn, if somebody still needs it, and the keys of files that nobody needs any more."""
        drawn = await run_in_threadpool(self._draw, wanted, operations)
        sha256, key = hashlib.sha256(drawn.content).hexdigest(), Derivative(id=claim, **wanted.key).key
        await run_in_threadpool(self.store.put, key, drawn.content)
        bounds = self.settings.derived_bounds
        kept, evicted = await self.database.write(
            services.derivative_keep, claim, wanted, sha256=sha256, size=len(drawn.content), bounds=bounds
        )
        return kept, evicted if kept else [key]

    async def _remove(self, keys: list[str]) -> None:
        """Remove files that no row has any more; the sweep does where the store does not, for any reason it has."""
        try:
            await run_in_threadpool(self.store.remove_keys, keys)
        except Exception as error:  # noqa: BLE001  it may lack the right to, too, and the drawing is as good without
            log.warning("files of transforms not removed", keys=keys, error=str(error))

    def _draw(self, wanted: Wanted, operations: Operations) -> Rendered:
        blob = wanted.asset.blob
        with Scratch(self.settings.scratch_dir) as scratch:
            original = scratch.file()
            self.store.fetch(key_of(blob.id, blob.sha256, blob.mime), original)
            cut = operations.cut(blob.width, blob.height)
            return self.decoder.cut(original, blob.mime, scratch.file(), cut, wanted.mime, quality=operations.quality)

    async def _drawn_elsewhere(self, wanted: Wanted) -> Derivative | None:
        """What another replica is at; None if that takes so long that somebody else may begin."""
        until = time.monotonic() + services.GIVEN_UP_AFTER.total_seconds()
        while time.monotonic() < until:
            if kept := await self.database.read(derivative_get, wanted):
                return kept
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return None
