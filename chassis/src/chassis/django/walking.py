"""Going round a table, a page at a time: how a read copy is compared with its owner, whatever events were missed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from chassis.events.databases.django_app.models import Walk


@contextmanager
def next_page(name: str, rows: QuerySet[Any], *, size: int) -> Iterator[list[UUID]]:
    """The keys of the next ``size`` rows in their order, from the first again after the last.

    Remembered when the block ends: a page whose block raises comes again.
    """
    walk, _ = Walk.objects.get_or_create(name=name)
    keys = list(rows.filter(pk__gt=walk.after).order_by("pk").values_list("pk", flat=True)[:size])
    yield keys
    Walk.objects.filter(name=name).update(after=keys[-1] if len(keys) == size else UUID(int=0))
