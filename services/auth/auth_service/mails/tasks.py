"""Jobs of mails."""

from celery import shared_task
from django.utils import timezone

from auth_service.mailed_tokens.services import tokens_delete_expired
from auth_service.mails import requests, sending, services


@shared_task(name="mails_send")
def mails_send() -> None:
    """Send what was asked for and what is due; what does not fit into one job goes on in another."""
    asked = requests.requests_answer(now=timezone.now())
    if asked == requests.AT_ONCE or sending.mails_send() == sending.AT_ONCE:
        mails_send.delay()


@shared_task(name="mails_delete_old")
def mails_delete_old() -> None:
    """Forget old mails, and the tokens of mailed links that have expired."""
    now = timezone.now()
    services.mails_delete_old(now=now)
    tokens_delete_expired(now=now)
