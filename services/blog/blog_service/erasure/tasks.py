"""Jobs of erasure."""

from celery import shared_task
from django.utils import timezone

from blog_service.erasure import services


@shared_task(name="erasures_run")
def erasures_run() -> None:
    """Erase whom auth has asked to have erased."""
    services.erasures_run(now=timezone.now())
