"""Making tokens for mailed links, and redeeming them.

A token is 256 random bits, good for one purpose of one account, once, until it expires; and no longer than the account
keeps its password and its address, or until a newer token for the same purpose is made. To undo a change is another
matter: such a token belongs to the change, and neither voids it.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from chassis.problems import FieldError, Problem
from django.db.models import QuerySet

from auth_service.mailed_tokens.models import MailedToken, Purpose
from auth_service.settings import settings
from auth_service.users.models import User

LIVES = {
    Purpose.ACTIVATION: timedelta(days=3),
    Purpose.PASSWORD_RESET: timedelta(hours=1),
    Purpose.USERNAME_RESET: timedelta(hours=1),
    Purpose.EMAIL_CONFIRM: timedelta(days=1),
    Purpose.EMAIL_UNDO: settings().email_undo_time,
}
LASTING = {Purpose.EMAIL_UNDO}
"""Good whatever the account's password and address are by now; what it is about says how long."""
_BYTES = 32


class TokenInvalid(Problem):
    """400 naming ``token``: there is no such token, or it is void."""

    def __init__(self) -> None:
        error = FieldError("/token", "invalid", "This link is not valid, or not any more.")
        super().__init__(400, "validation_failed", "Some fields are not valid.", errors=[error])


class TokenStale(Problem):
    """403: the token was redeemed before."""

    def __init__(self) -> None:
        super().__init__(403, "stale_token", "This link has been used before.")


def token_issue(user: User, purpose: Purpose, *, about: UUID | None = None, now: datetime) -> str:
    """A new token for an account whose row is locked; earlier ones for the same purpose are void."""
    earlier = MailedToken.objects.filter(user=user, purpose=purpose, used_at=None)
    (earlier.filter(about=about) if purpose in LASTING else earlier).delete()
    token = secrets.token_urlsafe(_BYTES)
    MailedToken.objects.create(
        user=user,
        purpose=purpose,
        about=about,
        digest=_digest(token),
        credential_version=user.credential_version,
        created_at=now,
        expires_at=now + LIVES[purpose],
    )
    return token


def token_require(user: User, purpose: Purpose, token: str, *, now: datetime) -> None:
    """Raises Problem for a token that cannot be redeemed: 403 for a used one, 400 naming ``token`` for any other.

    It redeems nothing: a look before work that is slow on purpose.
    """
    found = _tokens(user, purpose, token).first()
    if found and found.used_at:
        raise TokenStale
    if not found or found.expires_at <= now or not _is_current(found, user):
        raise TokenInvalid


def token_redeem(user: User, purpose: Purpose, token: str, *, now: datetime) -> MailedToken:
    """Use up the token of an account whose row is locked, in the transaction of what it allows; raises as above."""
    token_require(user, purpose, token, now=now)
    good = _tokens(user, purpose, token).filter(used_at=None)
    if not good.update(used_at=now):
        raise TokenStale  # somebody else redeemed it between the two
    return _tokens(user, purpose, token).get()


def tokens_delete_expired(*, now: datetime) -> None:
    """Forget tokens that have expired: used ones say so until then."""
    MailedToken.objects.filter(expires_at__lte=now).delete()


def _tokens(user: User, purpose: Purpose, token: str) -> QuerySet[MailedToken]:
    return MailedToken.objects.filter(user=user, purpose=purpose, digest=_digest(token))


def _is_current(found: MailedToken, user: User) -> bool:
    return found.purpose in LASTING or found.credential_version == user.credential_version


def _digest(token: str) -> bytes:
    """A plain hash does: the token is random and as long as the hash."""
    return hashlib.sha256(token.encode()).digest()
