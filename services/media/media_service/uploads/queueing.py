"""Asking for the renditions of what was taken in.

Celery is imported a moment after the first request may come: it would be a tenth of a start, and only uploads need it.
"""

import asyncio
from collections.abc import Callable
from threading import Thread
from uuid import UUID

from anyio import CapacityLimiter, move_on_after, to_thread

from chassis import gc_tuning

PREPARE_SECONDS = 1
QUEUE_SECONDS = 5
_queueing = CapacityLimiter(2)  # a broker that hangs must not hold the threads that all else needs


def prepare() -> None:
    """Import Celery in the background, so that no upload has to wait for it, but let the first requests go first."""
    importing = Thread(target=_import_celery, name="celery", daemon=True)
    asyncio.get_running_loop().call_later(PREPARE_SECONDS, importing.start)


async def ask_for_renditions(asset_id: UUID) -> None:
    """Queue the job; call after the commit. Without a broker the sweeper asks later."""
    with move_on_after(QUEUE_SECONDS):
        await to_thread.run_sync(_queue, asset_id, limiter=_queueing, abandon_on_cancel=True)


def _import_celery() -> None:
    _queue_renditions()
    gc_tuning.freeze_for_serving()


def _queue(asset_id: UUID) -> None:
    _queue_renditions()(asset_id)


def _queue_renditions() -> Callable[[UUID], None]:
    from media_service.renditions.tasks import queue_renditions  # noqa: PLC0415  see above

    return queue_renditions
