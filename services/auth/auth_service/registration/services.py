"""Opening accounts, with an answered mail or without."""

from datetime import datetime, timedelta

from chassis.problems import Problem
from django.db import transaction
from uuid_utils.compat import uuid7

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.mailed_tokens.models import Purpose
from auth_service.mailed_tokens.services import TokenStale, token_redeem
from auth_service.mails.models import Kind
from auth_service.mails.services import mail_queue
from auth_service.settings import settings
from auth_service.users.changes import user_announced
from auth_service.users.models import User
from auth_service.users.selectors import user_get_by_email, user_get_by_uid
from auth_service.users.services import user_register

AT_ONCE = 500  # accounts deleted by one job
_NO_DOMAIN = "taken.invalid"  # RFC 2606: never one that mail reaches


def register(*, email: str, username: str, password: str, now: datetime) -> User:
    """Open an account; where activation is on, one that waits for a mail to be answered.

    Then nobody is told whose address is taken: the answer is the same, and the owner gets a mail. Raises Problem 400.
    """
    if not settings().activation:
        return user_register(email=email, username=username, password=password)
    try:
        with transaction.atomic():
            user = user_register(email=email, username=username, password=password, activated=False)
            mail_queue(user, Kind.ACTIVATION, now=now)
    except Problem as problem:
        if [error.pointer for error in problem.errors or []] != ["/email"]:
            raise _without_address(problem) from None
        user = _stand_in(username, password)
        _tell_owner(email, now=now)
        user.email = User.objects.normalize_email(email)
    return user


def activate(uid: str, token: str, *, now: datetime) -> None:
    """Let an account be used, by a mailed token; others learn of it now. Raises Problem as ``token_redeem`` does."""
    with transaction.atomic():
        user = user_get_by_uid(uid, locked=True)
        if user.activated:
            raise TokenStale
        token_redeem(user, Purpose.ACTIVATION, token, now=now)
        account_open(user)


def account_open(user: User) -> None:
    """Let an account be used whose owner has read a mail; its row is locked."""
    user.email_confirmed = True
    was_activated, user.activated = user.activated, True
    user.save(update_fields=["email_confirmed", "activated"])
    if not was_activated:
        audit_record(Action.ACCOUNT_ACTIVATED, user_id=user.id, actor=user.id)
        user_announced(user)


def activation_resend(email: str, *, now: datetime) -> None:
    """Mail another link to an account that waits for it; nothing where none does."""
    with transaction.atomic():
        user = user_get_by_email(email)
        if user and user.is_active and not user.activated:
            mail_queue(user, Kind.ACTIVATION, now=now)


def accounts_purge(*, now: datetime) -> int:
    """Delete accounts that nobody has activated in time, AT_ONCE at most; nobody else has heard of them."""
    late = now - timedelta(days=settings().activation_days)
    waiting = User.objects.filter(activated=False, created_at__lte=late).order_by("created_at")
    with transaction.atomic():  # locked, or one that is activated between the reading and the deletion would go too
        ids = list(waiting.select_for_update(skip_locked=True).values_list("id", flat=True)[:AT_ONCE])
        User.objects.filter(id__in=ids).delete()
    return len(ids)


def _stand_in(username: str, password: str) -> User:
    """An account without an address, which nobody can activate, for who registers with a taken one.

    The name is taken from now on, and its log-in says not_activated, until it is purged: as if the address were free.
    """
    return user_register(email=f"{uuid7()}@{_NO_DOMAIN}", username=username, password=password, activated=False)


def _tell_owner(email: str, *, now: datetime) -> None:
    with transaction.atomic():
        owner = user_get_by_email(email)
        if owner and owner.is_active:
            mail_queue(owner, Kind.ADDRESS_TAKEN if owner.activated else Kind.ACTIVATION, now=now)


def _without_address(problem: Problem) -> Problem:
    """The same refusal, which does not say beside other faults whether the address is taken."""
    problem.errors = [error for error in problem.errors or [] if error.pointer != "/email"]
    return problem
