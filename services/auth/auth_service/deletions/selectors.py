"""Reads of deletions."""

from uuid import UUID

from auth_service.deletions.models import Deletion


def deletion_get(user_id: UUID) -> Deletion | None:
    """What an account has asked for, and may still take back."""
    return Deletion.objects.filter(user_id=user_id, begun_at=None).first()


def deletion_get_by_receipt(receipt: str) -> Deletion | None:
    return Deletion.objects.filter(receipt=receipt).first()
