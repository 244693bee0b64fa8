"""What becomes of personal tokens: they are exchanged for access tokens, and revoked."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.events.databases.django import publish
from chassis.tokens import TokenRefused
from django.db import transaction
from django.db.models import Q

from auth_service.access_tokens import access_token_sign
from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.personal_tokens.events import PersonalTokenRevoked
from auth_service.personal_tokens.models import PersonalToken
from auth_service.personal_tokens.selectors import personal_token_find, personal_tokens_list
from auth_service.settings import settings

KEPT_EXPIRED = timedelta(days=30)
_EACH = timedelta(minutes=1)  # the finest that uses are told apart by


def personal_token_exchange(text: str, *, now: datetime) -> str:
    """An access token for who shows this personal one: with its scopes, and its owner's roles as they are now.

    Raises TokenRefused ``token_expired`` or ``token_revoked``.
    """
    token = personal_token_find(text)
    if token is None or not (token.user.is_active and token.user.activated):
        raise TokenRefused("token_revoked")
    if token.expires_at <= now:
        raise TokenRefused("token_expired")
    _used(token, now=now)
    life = min(settings().access_token_life, token.expires_at - now)
    return access_token_sign(token.user, sid=token.id, scopes=token.scopes, life=life, now=now, personal=True)


def _used(token: PersonalToken, *, now: datetime) -> None:
    """Written once a minute at most, however many gateways ask."""
    before = Q(last_used_at=None) | Q(last_used_at__lte=now - _EACH)
    PersonalToken.objects.filter(before, id=token.id).update(last_used_at=now)


def personal_token_revoke(token: PersonalToken, *, by: str, actor: UUID | None, now: datetime) -> None:
    """Delete a token; one that is gone already makes no second event.

    ``actor`` is the id of who wanted it, ``by`` the reason.
    """
    with transaction.atomic():
        deleted, _ = PersonalToken.objects.filter(id=token.id).delete()
        if deleted:
            last_expires_at = now + settings().access_token_life
            event = PersonalTokenRevoked(user_id=token.user_id, token_id=token.id, expires_at=last_expires_at)
            publish(event, sequence=1, actor=actor)
            audit_record(Action.TOKEN_DELETED, user_id=token.user_id, actor=actor, token_id=str(token.id), by=by)


def personal_tokens_revoke(user_id: UUID, *, by: str, actor: UUID | None, now: datetime) -> None:
    """Delete all tokens of an account, whose row is locked."""
    for token in personal_tokens_list(user_id):
        personal_token_revoke(token, by=by, actor=actor, now=now)


def personal_tokens_delete_expired(*, now: datetime) -> int:
    """Forget tokens that expired some time ago; gives how many rows went."""
    return PersonalToken.objects.filter(expires_at__lte=now - KEPT_EXPIRED).delete()[0]
