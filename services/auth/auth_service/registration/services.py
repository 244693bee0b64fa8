"""Opening accounts, with an answered mail or without."""

from datetime import datetime, timedelta

from chassis.problems import Problem, invalid_fields
from django.db import IntegrityError, transaction

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.mailed_tokens.models import Purpose
from auth_service.mailed_tokens.services import TokenStale, token_redeem
from auth_service.mails.models import Kind
from auth_service.mails.services import mail_queue, mail_request
from auth_service.settings import settings
from auth_service.users.address_claims import address_release, claim, claim_drop, is_stand_in, nowhere
from auth_service.users.changes import user_announced
from auth_service.users.models import User
from auth_service.users.selectors import email_is_held, user_get_by_email, user_get_by_uid
from auth_service.users.services import user_draft, user_register
from auth_service.users.usernames import username_faults

AT_ONCE = 500  # accounts deleted by one job
_TRIES = 10  # to register with an address: each that fails is another one's success


def register(*, email: str, username: str, password: str, now: datetime, realworld: bool = False) -> User:
    """Open an account; where activation is on, one that waits for a mail to be answered. Raises Problem 400.

    Then nobody is told whose address is taken: the answer is the same, and the owner gets a mail.
    """
    if not settings().activation:
        return user_register(email=email, username=username, password=password, realworld=realworld)
    user = user_draft(email=email, username=username, password=password, realworld=realworld, activated=False)
    for _ in range(_TRIES):
        try:
            _open_waiting(user, email, now=now)
        except IntegrityError:  # somebody took the name or the address since it was looked at
            if faults := list(username_faults(username)):
                raise invalid_fields(faults) from None
        else:
            user.email = User.objects.normalize_email(email)  # as if it were theirs
            return user
    raise Problem(503, "overloaded", "Too many register with this address at this moment; try again.")


def activate(uid: str, token: str, *, now: datetime) -> None:
    """Let an account be used, by a mailed token; others learn of it now. Raises Problem as ``token_redeem`` does."""
    with transaction.atomic():
        user = user_get_by_uid(uid, locked=True)
        if user.activated:
            raise TokenStale
        token_redeem(user, Purpose.ACTIVATION, token, now=now)
        account_open(user)


def activation_resend(user: User, *, now: datetime) -> bool:
    """Have the mail sent again for which an account waits; False for one that does not, or that no mail reaches."""
    if user.activated or is_stand_in(user):
        return False
    mail_request(user.email, Kind.ACTIVATION, now=now)
    return True


def account_open(user: User) -> None:
    """Let an account be used whose owner has read a mail; its row is locked."""
    user.email_confirmed = True
    was_activated, user.activated = user.activated, True
    user.save(update_fields=["email_confirmed", "activated"])
    claim_drop(user)
    if not was_activated:
        audit_record(Action.ACCOUNT_ACTIVATED, user_id=user.id, actor=user.id)
        user_announced(user)


def accounts_purge(*, now: datetime) -> int:
    """Delete accounts that nobody has activated in time, AT_ONCE at most; nobody else has heard of them."""
    late = now - timedelta(days=settings().activation_days)
    waiting = User.objects.filter(activated=False, created_at__lte=late).order_by("created_at")
    with transaction.atomic():  # locked, or one that is activated between the reading and the deletion would go too
        ids = list(waiting.select_for_update(skip_locked=True).values_list("id", flat=True)[:AT_ONCE])
        User.objects.filter(id__in=ids).delete()
    return len(ids)


def _open_waiting(user: User, email: str, *, now: datetime) -> None:
    """Save a new account, and have a mail sent to the address: with as much work for each answer that it may be."""
    with transaction.atomic():
        user.move_to(email)
        holder = user_get_by_email(email, locked=True)
        if holder is None and email_is_held(email):
            _stand_in(user, email)
        elif holder is None:
            user.save(force_insert=True)
            mail_queue(user, Kind.ACTIVATION, now=now)
        elif holder.activated or not holder.is_active:
            _stand_in(user, email)
            if holder.is_active:
                mail_queue(holder, Kind.ADDRESS_TAKEN, now=now)
        else:
            _take_over(user, holder, email)
            mail_queue(user, Kind.REGISTERED_AGAIN, now=now)


def _stand_in(user: User, email: str) -> None:
    """Save an account without an address, which nobody can activate, for who registers with a taken one.

    The name is taken from now on, and its log-in says not_activated, until it is purged: as if the address were free.
    """
    user.move_to(nowhere())
    user.save(force_insert=True)
    claim(email, user)


def _take_over(user: User, holder: User, email: str) -> None:
    """Save an account in the place of another one, which waits and from now on is a stand-in; its links are void.

    Which of the two registered with the own address nobody knows, so neither password counts: who reads the mail
    chooses one.
    """
    address_release(holder)
    user.save(force_insert=True)
    claim(email, user)
