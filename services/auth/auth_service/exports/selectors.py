"""Reads of exports."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from auth_service.exports.models import PATIENCE, Export


def exports_list(user_id: UUID) -> QuerySet[Export]:
    """What an account has asked for lately, newest first."""
    return Export.objects.filter(user_id=user_id).order_by("-id")


def export_get_live(user_id: UUID, *, now: datetime) -> Export | None:
    """The one that is being made, or can be fetched."""
    pending = Q(expires_at=None, requested_at__gt=now - PATIENCE)
    return exports_list(user_id).filter(pending | Q(expires_at__gt=now)).first()
