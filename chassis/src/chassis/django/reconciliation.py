"""Going round a table, a page at a time: how a read copy is compared with its owner, whatever events were missed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from chassis.events.databases.django_app.models import Walk

PAGES = 10
"""At most, in one stretch of the way: what a job has time for."""


def reconcile_pages(name: str, rows: QuerySet[Any], compare: Callable[[list[UUID]], None], *, size: int) -> None:
    """Hand the keys of the next rows in their order to ``compare``, ``size`` at a time; after the last come the first.

    How far the walk called ``name`` has come is remembered after each page: one whose comparing raises comes again.
    """
    for _ in range(PAGES):
        walk, _created = Walk.objects.get_or_create(name=name)
        keys = list(rows.filter(pk__gt=walk.after).order_by("pk").values_list("pk", flat=True)[:size])
        if keys:
            compare(keys)
        is_last = len(keys) < size
        Walk.objects.filter(name=name).update(after=UUID(int=0) if is_last else keys[-1])
        if is_last:
            return
