"""Hints that mails wait. They may get lost: the schedule sends what is due."""

from chassis.jobs.hint import hint

from auth_service.celery import app


def send_soon() -> None:
    """Queue the job that sends mails; call after the commit."""
    hint(app, "mails_send")
