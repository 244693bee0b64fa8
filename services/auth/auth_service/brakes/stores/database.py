"""Counts in auth's own database, which all its processes share: where CACHE_URL is no Redis."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from auth_service.brakes.models import AttemptCount
from auth_service.brakes.stores import Count, Full


class DatabaseStore:
    """In a table, by rows that are locked in the order of their keys."""

    def take(self, counts: Sequence[Count], *, now: datetime) -> Full | None:
        ends = {count.key: now + timedelta(seconds=count.seconds) for count in counts}
        with transaction.atomic():
            new = [AttemptCount(key=key, number=0, ends_at=ends[key]) for key in sorted(ends)]
            AttemptCount.objects.bulk_create(new, ignore_conflicts=True)
            rows = {row.key: row for row in _locked(counts)}
            for row in rows.values():
                if row.ends_at <= now:
                    row.number, row.ends_at = 0, ends[row.key]
            full = [(count, rows[count.key].ends_at) for count in counts if rows[count.key].number >= count.most]
            if full:
                count, end = max(full, key=lambda one: one[1])
                return Full(count, (end - now).total_seconds())
            for row in rows.values():
                row.number += 1
            AttemptCount.objects.bulk_update(rows.values(), ["number", "ends_at"])
        return None

    def give_back(self, counts: Sequence[Count], *, now: datetime) -> None:
        running = AttemptCount.objects.filter(number__gt=0, ends_at__gt=now)
        with transaction.atomic():
            keys = [row.key for row in _locked(counts)]
            running.filter(key__in=keys).update(number=F("number") - 1)


def _locked(counts: Sequence[Count]) -> QuerySet[AttemptCount]:
    rows = AttemptCount.objects.filter(key__in=[count.key for count in counts])
    return rows.select_for_update().order_by("key")
