"""Changes of e-mail addresses: asked for with the password, done by a link to the new one, undone by one to the old.

The old address is told at once. Its link belongs to that one change and lasts whatever becomes of the account, for who
has taken an account changes its password and address again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from chassis.problems import FieldError, Problem, invalid_fields
from django.db import IntegrityError, transaction

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.brakes.services import TooManyAttempts
from auth_service.emails.selectors import pending_change
from auth_service.mailed_tokens.models import MailedToken, Purpose
from auth_service.mailed_tokens.services import TokenInvalid, token_redeem
from auth_service.mails.models import Kind
from auth_service.mails.services import MOST_PER_HOUR, mail_queue, mail_requests_drop
from auth_service.passwords.services import step_up_require
from auth_service.sessions.models import Session
from auth_service.sessions.services import sessions_end, sessions_end_others
from auth_service.settings import settings
from auth_service.users.address_claims import address_release
from auth_service.users.changes import credentials_changed
from auth_service.users.models import EmailChange, User
from auth_service.users.selectors import (
    email_is_held,
    email_is_taken,
    user_get_by_email,
    user_get_by_uid,
    user_get_locked,
)
from auth_service.users.unique_keys import email_key

_HOUR = timedelta(hours=1)
_TAKEN = FieldError("/token", "taken", "The address is another account's by now.")
_ANOTHERS = FieldError("/new_email", "taken", "An account with this e-mail address exists.")


def email_change(user: User, current: str | None, email: str, *, session_id: UUID, now: datetime) -> EmailChange:
    """Ask for another address; the present one stays until a mail to the other is answered.

    Whose the other one is shows in no answer. Raises Problem as ``step_up_require`` does, 400 naming ``new_email``
    where that is the present one, and TooManyAttempts.
    """
    step_up_require(user, current, session_id=session_id, now=now)
    if email_key(email) == email_key(user.email):
        raise invalid_fields([FieldError("/new_email", "unchanged", "This is your address.")])
    with transaction.atomic():
        user = user_get_locked(user.id)
        _require_few(user, now=now)  # as many as notices: no change goes without one
        change = _begin(user, email, now=now)
        audit_record(Action.EMAIL_ASKED, user_id=user.id, actor=user.id)
        holder = user_get_by_email(email)
        if holder and holder.activated:
            mail_queue(holder, Kind.ADDRESS_WANTED, now=now)
        elif not email_is_held(email, owner_id=user.id):
            mail_queue(user, Kind.EMAIL_CONFIRM, address=change.new_email, about=change.id, now=now)
    return change


def email_take(user: User, email: str, *, session_id: UUID, now: datetime) -> None:
    """Give a user another address at once, which no mail confirms, and end their other sessions.

    So RealWorld's dialect has it. It can be undone as any change. Raises Problem as ``step_up_require`` does, 400
    naming ``new_email`` where it is taken, and TooManyAttempts.
    """
    step_up_require(user, None, session_id=session_id, now=now)
    with _taken_meanwhile(_ANOTHERS), transaction.atomic():
        user = user_get_locked(user.id)
        _require_few(user, now=now)
        if email_is_taken(email, owner_id=user.id):
            raise invalid_fields([_ANOTHERS])
        _begin(user, email, confirmed_at=now, now=now)
        mail_requests_drop(user)
        _move(user, email, confirmed=False)
        audit_record(Action.EMAIL_CHANGED, user_id=user.id, actor=user.id)
        sessions_end_others(user.id, session_id, by=Session.EndedBy.EMAIL, now=now)


def email_confirm(uid: str, token: str, *, now: datetime) -> None:
    """Give an account the address to which its token was mailed, unless it has asked for another one since.

    Raises Problem as ``token_redeem`` does.
    """
    with _taken_meanwhile(), transaction.atomic():
        user = user_get_by_uid(uid, locked=True)
        change = _change_of(token_redeem(user, Purpose.EMAIL_CONFIRM, token, now=now))
        if change != pending_change(user.id, now=now):
            raise TokenInvalid
        _make_free(change.new_email, owner_id=user.id)
        _move(user, change.new_email)
        audit_record(Action.EMAIL_CHANGED, user_id=user.id, actor=user.id)
        change.confirmed_at = now
        change.save(update_fields=["confirmed_at"])


def email_undo(uid: str, token: str, *, now: datetime) -> None:
    """Give an account back the address it had before a change, and end what may be in other hands.

    That is every session, every link that was mailed, and the undoing of later changes. Raises Problem as
    ``token_redeem`` does.
    """
    with _taken_meanwhile(), transaction.atomic():
        user = user_get_by_uid(uid, locked=True)
        change = _change_of(token_redeem(user, Purpose.EMAIL_UNDO, token, now=now))
        if change.undo_until <= now:
            raise TokenInvalid
        mail_requests_drop(user)
        _move(user, change.old_email)
        audit_record(Action.EMAIL_UNDONE, user_id=user.id, actor=user.id)
        user.email_changes.filter(created_at__gte=change.created_at).update(undone_at=now)
        earlier = user.email_changes.filter(undone_at=None).values("id")
        user.mailed_tokens.filter(used_at=None).exclude(purpose=Purpose.EMAIL_UNDO, about__in=earlier).delete()
        sessions_end(user.id, by=Session.EndedBy.UNDO, actor=user.id, now=now)


def email_changes_forget(*, now: datetime) -> None:
    """Forget changes that cannot be undone any more; others may have the old addresses."""
    EmailChange.objects.filter(undo_until__lte=now).delete()


def _begin(user: User, email: str, *, confirmed_at: datetime | None = None, now: datetime) -> EmailChange:
    """Write down that an account changes its address, and tell the old one."""
    change = EmailChange.objects.create(
        user=user,
        old_email=user.email,
        old_key=email_key(user.email),
        new_email=User.objects.normalize_email(email),
        created_at=now,
        confirmed_at=confirmed_at,
        undo_until=now + settings().email_undo_time,
    )
    mail_queue(user, Kind.EMAIL_CHANGING, about=change.id, now=now)
    return change


def _require_few(user: User, *, now: datetime) -> None:
    recent = user.email_changes.filter(created_at__gt=now - _HOUR).order_by("-created_at")
    if oldest := recent[MOST_PER_HOUR - 1 : MOST_PER_HOUR].first():
        raise TooManyAttempts((oldest.created_at + _HOUR - now).total_seconds())


def _change_of(token: MailedToken) -> EmailChange:
    change = token.user.email_changes.filter(id__in=[token.about]).first()
    if change is None:  # it was so long ago that it is forgotten
        raise TokenInvalid
    return change


def _make_free(email: str, *, owner_id: UUID) -> None:
    """Take the address from an account that waits for a mail to it: this mail was read. Raises Problem 400."""
    holder = user_get_by_email(email)
    if holder and holder.id != owner_id:
        holder = user_get_locked(holder.id)
        if holder.activated:
            raise _taken()
        address_release(holder)
    if email_is_held(email, owner_id=owner_id):
        raise _taken()


def _move(user: User, email: str, *, confirmed: bool = True) -> None:
    """``confirmed`` is whether a link was read there."""
    user.move_to(email)
    user.email_confirmed = confirmed
    user.save(update_fields=["email", "email_key", "email_confirmed"])
    credentials_changed(user, actor=user.id)


def _taken() -> Problem:
    return invalid_fields([_TAKEN])


@contextmanager
def _taken_meanwhile(fault: FieldError = _TAKEN) -> Iterator[None]:
    """Around a transaction: somebody else may get the address between the look and the save."""
    try:
        yield
    except IntegrityError:
        raise invalid_fields([fault]) from None
