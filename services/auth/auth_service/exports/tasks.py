"""Jobs of exports."""

from celery import shared_task
from django.utils import timezone

from auth_service.exports import services


@shared_task(name="exports_forget")
def exports_forget() -> None:
    """Forget exports that are long gone."""
    services.exports_forget(now=timezone.now())
