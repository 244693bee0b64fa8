"""Turning a second factor on and off."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from chassis.problems import Problem
from django.db import transaction

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.brakes.addresses import Client
from auth_service.brakes.limits import AttemptKind
from auth_service.brakes.services import attempt
from auth_service.passwords.services import step_up_require
from auth_service.totp.models import Totp
from auth_service.totp.secrets import seal
from auth_service.totp.services import attempts_of, code_take, codes_renew, factor_remove
from auth_service.users.models import User
from auth_service.users.selectors import user_get_locked

ISSUER = "Broadsheet"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is told: by typing, or as the URI of a QR code."""

    secret: str
    uri: str


def totp_begin(user: User, current: str | None, *, session_id: UUID, now: datetime) -> Enrolment:
    """Make a secret, which counts once a code of it was shown. Raises as ``step_up_require`` does, and Problem 409."""
    step_up_require(user, current, session_id=session_id, now=now)
    secret = pyotp.random_base32()
    with transaction.atomic():
        user = user_get_locked(user.id)
        if user.has_totp:
            raise _active()
        fresh = {"sealed_secret": seal(secret, user.id), "created_at": now, "last_step": 0}
        Totp.objects.update_or_create(user=user, defaults=fresh)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER))


def totp_confirm(user: User, code: str, *, client: Client, now: datetime) -> list[str]:
    """Ask for a code at every log-in from now on; gives the recovery codes.

    Raises Problem 422 ``totp_invalid`` for a wrong code, and 409 where there is nothing to confirm.
    """
    with attempt(AttemptKind.TOTP, attempts_of(user, client), now=now), transaction.atomic():
        user = user_get_locked(user.id)
        factor = Totp.objects.filter(user=user).first()
        if factor is None:
            raise Problem(409, "totp_not_begun", "There is no secret to confirm; ask for one first.")
        if factor.confirmed_at:
            raise _active()
        if not code_take(factor, code, now=now):
            raise Problem(422, "totp_invalid", "This is not a code of the secret, or not one of this minute.")
        Totp.objects.filter(user=user).update(confirmed_at=now)
        audit_record(Action.TOTP_ON, user_id=user.id, actor=user.id)
        return codes_renew(user)


def totp_end(user: User, current: str | None, *, session_id: UUID, now: datetime) -> None:
    """Ask for no code any more. Raises as ``step_up_require`` does, and Problem 409."""
    step_up_require(user, current, session_id=session_id, now=now)
    with transaction.atomic():
        user = user_get_locked(user.id)
        _require_active(user)
        factor_remove(user, actor=user.id, now=now)


def recovery_codes_renew(user: User, current: str | None, *, session_id: UUID, now: datetime) -> list[str]:
    """Other recovery codes; those before are void. Raises as ``step_up_require`` does, and Problem 409."""
    step_up_require(user, current, session_id=session_id, now=now)
    with transaction.atomic():
        user = user_get_locked(user.id)
        _require_active(user)
        return codes_renew(user)


def _require_active(user: User) -> None:
    if not user.has_totp:
        raise Problem(409, "totp_inactive", "This account asks for no code.")


def _active() -> Problem:
    return Problem(409, "totp_active", "This account asks for a code already.")
