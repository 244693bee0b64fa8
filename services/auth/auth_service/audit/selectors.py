"""Reads of the audit log."""

from uuid import UUID

from django.db.models import QuerySet

from auth_service.audit.models import AuditEntry


def audit_list(user_id: UUID) -> QuerySet[AuditEntry]:
    """What happened to an account, newest first."""
    return AuditEntry.objects.filter(user_id=user_id).order_by("-id")
