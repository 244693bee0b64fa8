"""Asking for the deletion of an account, and taking that back."""

from datetime import datetime

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.deletions.models import Deletion
from auth_service.mails.models import Kind
from auth_service.mails.services import mail_queue
from auth_service.settings import settings
from auth_service.users.models import User


def deletion_ask(user: User, *, now: datetime) -> Deletion:
    """Have an account, whose row is locked, deleted when its grace is over; asked again, it is as it was."""
    deletion, is_new = Deletion.objects.get_or_create(user_id=user.id, defaults={"requested_at": now})
    if is_new:
        user.deletes_at = now + settings().deletion_grace
        _save(user)
        mail_queue(user, Kind.DELETION_ASKED, now=now)
        audit_record(Action.DELETION_ASKED, user_id=user.id, actor=user.id)
    return deletion


def deletion_cancel(user: User, *, now: datetime) -> bool:
    """Keep an account, whose row is locked, after all; gives whether it was to be deleted."""
    if user.deletes_at is None:
        return False
    Deletion.objects.filter(user_id=user.id, begun_at=None).delete()
    user.deletes_at = None
    _save(user)
    mail_queue(user, Kind.DELETION_CANCELLED, now=now)
    audit_record(Action.DELETION_CANCELLED, user_id=user.id, actor=user.id)
    return True


def _save(user: User) -> None:
    """Save the account, which is another one to who reads it with its ETag; nobody else has to hear of it."""
    user.version += 1
    user.save(update_fields=["deletes_at", "version"])
