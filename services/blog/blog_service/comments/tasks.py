"""Jobs on comments."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from blog_service.comments.services import held_measure


@shared_task(name="comments_held_measure")
def comments_held_measure(now: datetime | None = None) -> None:
    """Show what waits for moderators."""
    held_measure(now or timezone.now())
