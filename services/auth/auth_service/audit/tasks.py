"""Jobs of the audit log."""

from celery import shared_task
from django.utils import timezone

from auth_service.audit import services


@shared_task(name="audit_delete_old")
def audit_delete_old() -> None:
    """Forget old entries; what does not fit into one job goes on in another."""
    if services.audit_delete_old(now=timezone.now()) >= services.AT_ONCE:
        audit_delete_old.delay()
