"""Asking for mails."""

from datetime import datetime, timedelta

from chassis.logging import get_logger
from django.db import transaction

from auth_service.mails.hints import send_soon
from auth_service.mails.models import Kind, Mail
from auth_service.users.models import User

MOST_PER_HOUR = 5  # of one kind to one account: nobody's mailbox is filled from a form
_KEPT = timedelta(days=30)

log = get_logger()


def mail_queue(user: User, kind: Kind, *, now: datetime) -> None:
    """Have a mail sent to the account's address once the open transaction commits; one too many is left out."""
    recent = Mail.objects.filter(user=user, kind=kind, created_at__gt=now - timedelta(hours=1))
    if recent.count() >= MOST_PER_HOUR:
        log.warning("too many mails, one left out", kind=kind, user=str(user.id))
        return
    facts = {"address": user.email, "credential_version": user.credential_version}
    Mail.objects.create(user=user, kind=kind, created_at=now, due_at=now, **facts)
    transaction.on_commit(send_soon)


def mails_delete_old(*, now: datetime) -> None:
    """Forget mails that were sent a while ago, or never will be."""
    Mail.objects.filter(done_at__lte=now - _KEPT).delete()
