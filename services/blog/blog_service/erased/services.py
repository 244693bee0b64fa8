"""Whom nothing is taken in about any more."""

from datetime import datetime
from uuid import UUID

from chassis.erased import new_key, user_hash

from blog_service.erased.models import ErasedUser, HashKey


def erased_remember(user_id: UUID, *, now: datetime) -> None:
    """From now on nothing about this user is taken in; call in a transaction."""
    kept, _ = HashKey.objects.get_or_create(id=1, defaults={"key": new_key()})
    ErasedUser.objects.get_or_create(user_hash=user_hash(bytes(kept.key), user_id), defaults={"erased_at": now})


def is_erased(user_id: UUID) -> bool:
    kept = HashKey.objects.first()
    return kept is not None and ErasedUser.objects.filter(user_hash=user_hash(bytes(kept.key), user_id)).exists()
