"""Making tokens for mailed links, and redeeming them.

A token is 256 random bits, good for one purpose of one account, once, until it expires; and no longer than the account
keeps its password and its address, or until a newer token for the same purpose is made.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from chassis.problems import FieldError, Problem, invalid_fields

from auth_service.mailed_tokens.models import MailedToken, Purpose
from auth_service.users.models import User

LIVES = {
    Purpose.ACTIVATION: timedelta(days=3),
    Purpose.PASSWORD_RESET: timedelta(hours=1),
    Purpose.USERNAME_RESET: timedelta(hours=1),
}
_BYTES = 32


class TokenStale(Problem):
    """403: the token was redeemed before."""

    def __init__(self) -> None:
        super().__init__(403, "stale_token", "This link has been used before.")


def token_issue(user: User, purpose: Purpose, *, now: datetime) -> str:
    """A new token for an account whose row is locked; earlier ones for the same purpose are void."""
    MailedToken.objects.filter(user=user, purpose=purpose, used_at=None).delete()
    token = secrets.token_urlsafe(_BYTES)
    MailedToken.objects.create(
        user=user,
        purpose=purpose,
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
    of_account = MailedToken.objects.filter(user=user, purpose=purpose, digest=_digest(token))
    found = of_account.first()
    if found and found.used_at:
        raise TokenStale
    if not found or found.expires_at <= now or found.credential_version != user.credential_version:
        raise invalid_fields([FieldError("/token", "invalid", "This link is not valid, or not any more.")])


def token_redeem(user: User, purpose: Purpose, token: str, *, now: datetime) -> None:
    """Use up the token of an account whose row is locked, in the transaction of what it allows; raises as above."""
    good = MailedToken.objects.filter(
        user=user,
        purpose=purpose,
        digest=_digest(token),
        credential_version=user.credential_version,
        expires_at__gt=now,
        used_at=None,
    )
    if not good.update(used_at=now):
        token_require(user, purpose, token, now=now)
        raise TokenStale  # somebody else redeemed it between the two


def tokens_delete_expired(*, now: datetime) -> None:
    """Forget tokens that have expired: used ones say so until then."""
    MailedToken.objects.filter(expires_at__lte=now).delete()


def _digest(token: str) -> bytes:
    """A plain hash does: the token is random and as long as the hash."""
    return hashlib.sha256(token.encode()).digest()
