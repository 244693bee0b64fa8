"""Jobs of personal tokens."""

from celery import shared_task
from django.utils import timezone

from auth_service.personal_tokens import services


@shared_task(name="personal_tokens_delete_expired")
def personal_tokens_delete_expired() -> None:
    """Forget personal tokens that expired some time ago."""
    services.personal_tokens_delete_expired(now=timezone.now())
