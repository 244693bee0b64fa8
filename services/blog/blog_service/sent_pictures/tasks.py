"""The job that gives up pictures whose posts came to nothing."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from blog_service.sent_pictures.services import pictures_give_up_abandoned

ABANDONED_AFTER = timedelta(minutes=30)
"""Longer than the gateway lets a request take."""


@shared_task(name="sent_pictures_give_up")
def sent_pictures_give_up(now: datetime | None = None) -> None:
    """Have media release what was sent by requests that died, and what it was not there to release."""
    pictures_give_up_abandoned(before=(now or timezone.now()) - ABANDONED_AFTER)
