"""Asking for mails."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.logging import get_logger, pseudonym
from django.db import transaction

from auth_service.mails.hints import send_soon
from auth_service.mails.models import Kind, Mail, MailRequest
from auth_service.users.models import User
from auth_service.users.unique_keys import email_key

MOST_PER_HOUR = 5  # of one kind to one address: nobody's mailbox is filled from a form
_KEPT = timedelta(days=30)

log = get_logger()


def mail_queue(user: User, kind: Kind, *, address: str | None = None, about: UUID | None = None, now: datetime) -> None:
    """Have a mail sent once the open transaction commits; one too many is left out.

    It goes to the account's address unless another is given. ``about`` is the EmailChange that its link is for.
    """
    address = address or user.email
    key = email_key(address)
    recent = Mail.objects.filter(address_key=key, kind=kind, created_at__gt=now - timedelta(hours=1))
    if recent.count() >= MOST_PER_HOUR:
        log.warning("too many mails, one left out", kind=kind, user_hash=pseudonym(user.id))
        return
    Mail.objects.create(
        user=user,
        kind=kind,
        about=about,
        address=address,
        address_key=key,
        credential_version=user.credential_version,
        created_at=now,
        due_at=now,
    )
    transaction.on_commit(send_soon)


def mail_request(email: str, kind: Kind, *, now: datetime) -> None:
    """Have a mail sent to an address if an account has it for which that is the thing to do; the job finds out."""
    with transaction.atomic():
        MailRequest.objects.create(address=email, address_key=email_key(email), kind=kind, created_at=now)
        transaction.on_commit(send_soon)


def mail_requests_drop(user: User) -> None:
    """Forget what was asked for an account that has another password or address now."""
    MailRequest.objects.filter(address_key=email_key(user.email)).delete()


def mails_delete_old(*, now: datetime) -> None:
    """Forget mails that were sent a while ago, or never will be."""
    Mail.objects.filter(done_at__lte=now - _KEPT).delete()
