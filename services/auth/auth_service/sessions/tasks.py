"""Jobs of sessions."""

from celery import shared_task
from chassis.logging import get_logger
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from auth_service.sessions import services

log = get_logger()


@shared_task(name="sessions_delete_expired")
def sessions_delete_expired() -> None:
    """Forget what has expired: users' sessions, and the admin's cookies."""
    deleted = services.sessions_delete_expired(now=timezone.now())
    if deleted >= services.AT_ONCE:
        sessions_delete_expired.delay()
    SessionStore.clear_expired()
    log.info("expired sessions deleted", count=deleted)
