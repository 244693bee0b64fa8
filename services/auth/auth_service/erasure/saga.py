"""Deleting an account for good: it is closed, erased here, and asked of the other services until all have answered.

Each step is a transaction that leaves the deletion where the next one finds it, whichever process comes next. All that
it leaves is a receipt: how much was erased where, under a random link.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chassis.events.databases.django import DjangoDatabase, publish
from chassis.events.forgetting import forget, forget_dead_letters
from chassis.events.types import EventData
from chassis.logging import get_logger
from chassis.revocations.revoked_tokens import LEEWAY_SECONDS
from django.db import transaction
from django.db.models import QuerySet

from auth_service.deletions.models import Deletion
from auth_service.erasure.events import ErasureCompleted, ErasureExecute
from auth_service.erasure.tables import ERASED
from auth_service.mails.models import Kind, Mail
from auth_service.mails.services import mail_queue
from auth_service.sessions.models import Session
from auth_service.sessions.services import sessions_end
from auth_service.settings import settings
from auth_service.users.models import User

SERVICES: Final = ("auth", "blog", "media")
QUEUES: Final = ("auth.blog-events", "auth.media-events")
AT_ONCE = 100  # accounts of one job
LAST_MAIL_WAITS = timedelta(days=1)
"""How long a mail server that is away can keep an account from being erased: its address is needed until then."""

log = get_logger()


def deletions_begin(*, now: datetime) -> int:
    """Close the accounts whose grace is over, AT_ONCE at most; gives how many."""
    return sum(_begin_one(now=now) for _ in range(AT_ONCE))


def _begin_one(*, now: datetime) -> bool:
    with transaction.atomic():
        due = User.objects.filter(deletes_at__lte=now).order_by("deletes_at")
        user = due.select_for_update(skip_locked=True, of=("self",)).first()
        if user is None:
            return False
        sessions_end(user.id, by=Session.EndedBy.DELETION, actor=user.id, now=now)
        mail_queue(user, Kind.DELETION_BEGUN, now=now)
        user.is_active, user.deletes_at = False, None
        user.save(update_fields=["is_active", "deletes_at"])
        deletion = Deletion.objects.get(user_id=user.id)
        deletion.begun_at = now
        _ask(deletion, now=now)
        log.info("deletion begun", deletion=str(deletion.id))
    return True


def deletions_continue(*, now: datetime) -> None:
    """Go on with the deletions that are under way, AT_ONCE at most."""
    under_way = Deletion.objects.filter(begun_at__isnull=False, user_id__isnull=False)
    for deletion_id in under_way.order_by("id").values_list("id", flat=True)[:AT_ONCE]:
        with transaction.atomic():
            deletion = _claimed(under_way.filter(id=deletion_id))
            if deletion:
                _continue(deletion, now=now)


def deletion_answered(deletion_id: UUID, service: str, counts: Mapping[str, int], *, now: datetime) -> None:
    """Take in what a service has erased; its first answer counts. Nothing for a deletion that is not known here."""
    with transaction.atomic():
        deletion = Deletion.objects.select_for_update().filter(id=deletion_id).first()
        if deletion and service not in deletion.counts:
            deletion.counts[service] = dict(counts)
            deletion.save(update_fields=["counts"])
            _complete_if_all_answered(deletion, now=now)


def _claimed(deletions: "QuerySet[Deletion]") -> Deletion | None:
    return deletions.select_for_update(skip_locked=True).first()


def _continue(deletion: Deletion, *, now: datetime) -> None:
    if deletion.completed_at:
        _forget_if_quiet(deletion, now=now)
        return
    assert deletion.asked_at
    if "auth" not in deletion.counts and not _last_mail_waits(deletion, now=now):
        deletion.counts["auth"] = _erase_here(deletion)
        deletion.save(update_fields=["counts"])
        _complete_if_all_answered(deletion, now=now)
    elif set(SERVICES) - {"auth"} - deletion.counts.keys() and deletion.asked_at <= now - settings().erasure_patience:
        log.warning("erasure asked again", deletion=str(deletion.id), answered=sorted(deletion.counts))
        _ask(deletion, now=now)


def _ask(deletion: Deletion, *, now: datetime) -> None:
    assert deletion.user_id
    deletion.asked_at = now
    _publish(deletion, ErasureExecute(request_id=deletion.id, user_id=deletion.user_id, policy="erase"))


def _publish(deletion: Deletion, event: EventData) -> None:
    deletion.events += 1
    deletion.save()
    publish(event, sequence=deletion.events)


def _erase_here(deletion: Deletion) -> dict[str, int]:
    assert deletion.user_id
    return {table: erase(deletion.user_id) for table, erase in ERASED.items()}


def _last_mail_waits(deletion: Deletion, *, now: datetime) -> bool:
    assert deletion.begun_at
    assert deletion.user_id
    waiting = Mail.objects.filter(user_id=deletion.user_id, kind=Kind.DELETION_BEGUN, state=Mail.State.WAITING)
    return deletion.begun_at > now - LAST_MAIL_WAITS and waiting.exists()


def _complete_if_all_answered(deletion: Deletion, *, now: datetime) -> None:
    if deletion.counts.keys() >= set(SERVICES):
        deletion.completed_at = now
        _publish(deletion, ErasureCompleted(request_id=deletion.id))
        log.info("deletion completed", deletion=str(deletion.id))


def _forget_if_quiet(deletion: Deletion, *, now: datetime) -> None:
    """Forget whose it was once no event here says so any more, and the last access token has expired.

    Until then what ended its sessions stands in the outbox, for services that start late.
    """
    assert deletion.completed_at
    assert deletion.user_id
    quiet = deletion.completed_at + settings().longest_token_life + timedelta(seconds=2 * LEEWAY_SECONDS)
    if quiet <= now and forget(DjangoDatabase(), str(deletion.user_id)):
        forget_dead_letters(settings().events_url, QUEUES, str(deletion.user_id))
        deletion.user_id = None
        deletion.save(update_fields=["user_id"])
