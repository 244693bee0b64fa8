"""Jobs of e-mail addresses."""

from celery import shared_task
from django.utils import timezone

from auth_service.emails import services


@shared_task(name="email_changes_forget")
def email_changes_forget() -> None:
    """Forget changes of addresses that cannot be undone any more."""
    services.email_changes_forget(now=timezone.now())
