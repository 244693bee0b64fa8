"""Writing down what becomes of public posts, and putting it in order."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from blog_service.changes.models import Numbering, PostChange

AT_ONCE = 1000


def change_note(post_id: UUID, *, is_public: bool, version: int, now: datetime) -> None:
    """Note, in the transaction that writes it, what a post has become that is public now, or was until now."""
    change = PostChange(post_id=post_id, is_public=is_public, version=version, changed_at=now, number=None)
    PostChange.objects.bulk_create(
        [change],
        update_conflicts=True,
        unique_fields=["post_id"],
        update_fields=["is_public", "version", "changed_at", "number"],
    )


def changes_number() -> None:
    """Give numbers to what has committed since: one transaction after the other, so nothing gets a smaller one later.

    A change whose post is just being written again is passed by; that write leaves it to be numbered anew.
    """
    while PostChange.objects.filter(number__isnull=True).exists() and _number_some() == AT_ONCE:
        pass


def changes_forget(*, before: datetime) -> None:
    """Forget posts that are gone, some at a time; who has not asked since has to begin anew."""
    with transaction.atomic():
        numbering = _numbering()
        gone = PostChange.objects.filter(is_public=False, changed_at__lt=before, number__isnull=False)
        ids = list(gone.order_by("number").values_list("post_id", flat=True)[:AT_ONCE])
        last = PostChange.objects.filter(post_id__in=ids).aggregate(last=Max("number"))["last"]
        if last is not None:
            Numbering.objects.filter(id=numbering.id).update(forgotten=max(last, numbering.forgotten))
            PostChange.objects.filter(post_id__in=ids).delete()


@transaction.atomic
def _number_some() -> int:
    numbering = _numbering()
    new = PostChange.objects.filter(number__isnull=True).order_by("changed_at", "post_id")
    changes = list(new.select_for_update(skip_locked=True)[:AT_ONCE])
    for number, change in enumerate(changes, numbering.last + 1):
        change.number = number
    PostChange.objects.bulk_update(changes, ["number"])
    Numbering.objects.filter(id=numbering.id).update(last=numbering.last + len(changes))
    return len(changes)


def _numbering() -> Numbering:
    """The row, held until the transaction ends."""
    Numbering.objects.bulk_create([Numbering(id=1)], ignore_conflicts=True)
    return Numbering.objects.select_for_update().get(id=1)
