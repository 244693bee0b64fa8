"""Erasing a user, in steps that are transactions of their own: whoever comes next goes on where the last one was.

Each step counts what it erased in the transaction that does; the answer tells auth the sums, once nothing is left.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID

from chassis.events.databases.django import DjangoDatabase, publish
from chassis.events.forgetting import forget, forget_dead_letters
from chassis.logging import get_logger
from django.db import transaction
from django.db.models import QuerySet

from blog_service.erased.services import erased_remember
from blog_service.erasure.events import ErasureDone
from blog_service.erasure.models import Erasure
from blog_service.erasure.tables import ERASED
from blog_service.settings import settings
from blog_service.webhooks.services.tidying import deliveries_erase

SECONDS = 30  # of one job
QUEUES = ("blog.auth-events", "blog.blog-events", "blog.media-events")
QUIET = timedelta(minutes=1)
"""How long after the last service has answered events may still be on their way."""

log = get_logger()


def erasure_begin(erasure_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Take a request of auth; asked again for what is done, answer again. In the transaction of the event."""
    erasure, is_new = Erasure.objects.select_for_update().get_or_create(
        id=erasure_id, defaults={"user_id": user_id, "begun_at": now}
    )
    if is_new:
        erased_remember(user_id, now=now)
    elif erasure.done_at:
        _answer(erasure)


def erasure_complete(erasure_id: UUID, *, now: datetime) -> None:
    """Take in that all services have answered."""
    Erasure.objects.filter(id=erasure_id, completed_at=None).update(completed_at=now)


def erasures_run(*, now: datetime, seconds: float = SECONDS) -> None:
    """Go on with what is asked for, for so long."""
    until = time.monotonic() + seconds
    under_way = Erasure.objects.filter(user_id__isnull=False).order_by("id")
    for erasure_id in under_way.filter(done_at=None).values_list("id", flat=True):
        while time.monotonic() < until and _step(under_way.filter(id=erasure_id, done_at=None), now=now):
            pass
    for erasure_id in under_way.filter(completed_at__lte=now - QUIET).values_list("id", flat=True):
        _forget(under_way.filter(id=erasure_id))


def _step(erasures: "QuerySet[Erasure]", *, now: datetime) -> bool:
    """Erase some rows, or answer where none is left; gives whether there is more to do."""
    with transaction.atomic():
        erasure = erasures.select_for_update(skip_locked=True).first()
        if erasure is None:
            return False
        assert erasure.user_id
        for table, erase in ERASED.items():
            if count := erase(erasure.user_id):
                erasure.counts[table] = erasure.counts.get(table, 0) + count
                erasure.save(update_fields=["counts"])
                return True
        erasure.done_at = now
        _answer(erasure)
        log.info("user erased", erasure=str(erasure.id), rows=sum(erasure.counts.values()))
        return False


def _answer(erasure: Erasure) -> None:
    erasure.answers += 1
    erasure.save(update_fields=["answers", "done_at"])
    publish(ErasureDone(request_id=erasure.id, counts=erasure.counts), sequence=erasure.answers)


def _forget(erasures: "QuerySet[Erasure]") -> None:
    """Forget whose it was, once no event here says so any more."""
    with transaction.atomic():
        erasure = erasures.select_for_update(skip_locked=True).first()
        if erasure and erasure.user_id and forget(DjangoDatabase(), str(erasure.user_id)):
            while deliveries_erase(erasure.user_id):  # what the erasure did was told to webhooks of others
                pass
            forget_dead_letters(settings().events_url, QUEUES, str(erasure.user_id))
            erasure.user_id = None
            erasure.save(update_fields=["user_id"])
