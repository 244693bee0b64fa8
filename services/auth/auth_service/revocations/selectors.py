"""What ended tokens that may still be alive, for services that did not hear of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chassis.revocations.revoked_tokens import LEEWAY_SECONDS, TYPES
from django.db.models import Case, F, TextField, Value, When

from auth_service.deletions.models import Deletion
from auth_service.outbox.models import OutboxEvent
from auth_service.sessions.models import Session
from auth_service.settings import settings

OVERLAP = timedelta(seconds=60)
"""An event is dated before its transaction commits, and is seen after that."""
_CHUNK = 1_000


def revocations_list(*, since: datetime | None, now: datetime) -> list[str]:
    """The envelopes of revocations since a moment, or of all whose tokens may be alive, newest first.

    They are read off the end of the outbox, where they are from the moment they count, published or not.
    """
    oldest = now - _longest_life(now) - timedelta(seconds=LEEWAY_SECONDS)
    after = (max(since, oldest) if since else oldest) - OVERLAP
    return [envelope for created_at, envelope in _newest_first(after) if envelope and created_at >= after]


def _longest_life(now: datetime) -> timedelta:
    """The longest life of a token: RealWorld's only where there may be some, for a day of the outbox is much."""
    of_realworld = Session.objects.filter(realworld=True, expires_at__gt=now - timedelta(seconds=LEEWAY_SECONDS))
    erased = Deletion.objects.filter(user_id__isnull=False, completed_at__isnull=False)  # whose sessions are gone
    if of_realworld.exists() or erased.exists():
        return settings().longest_token_life
    return settings().access_token_life


def _newest_first(after: datetime) -> Iterator[tuple[datetime, str]]:
    """By the primary key, so that it takes no index of its own; of events of other types the envelope stays there."""
    envelope = Case(When(type__in=TYPES, then=F("envelope")), default=Value(""), output_field=TextField())
    rows = OutboxEvent.objects.order_by("-id").values_list("id", "created_at", envelope)
    before = None
    while chunk := list((rows.filter(id__lt=before) if before else rows)[:_CHUNK]):
        yield from ((created_at, text) for _, created_at, text in chunk)
        before, oldest, _ = chunk[-1]
        if oldest < after - OVERLAP:  # ids are given before the commit, and not quite in the order of time
            return
