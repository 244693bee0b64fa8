"""Jobs of usernames."""

from celery import shared_task
from django.utils import timezone

from auth_service.usernames import services


@shared_task(name="usernames_release")
def usernames_release() -> None:
    """Let others have the former usernames that were held long enough."""
    services.usernames_release(now=timezone.now())
