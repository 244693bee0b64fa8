"""Reads of personal tokens."""

from datetime import datetime
from uuid import UUID

from chassis.tokens import personal
from django.db.models import QuerySet

from auth_service.personal_tokens.models import PersonalToken
from auth_service.users.models import User


def personal_tokens_list(user_id: UUID) -> QuerySet[PersonalToken]:
    """The user's tokens, newest first; those that have expired stay to be seen for a while."""
    return PersonalToken.objects.filter(user_id=user_id).order_by("-id")


def personal_token_get(token_id: UUID, *, now: datetime) -> PersonalToken | None:
    """A token that is good, of an account that may be used, with its user and profile."""
    good = PersonalToken.objects.filter(expires_at__gt=now, user__in=User.objects.usable())
    return good.select_related("user__profile").filter(id=token_id).first()


def personal_token_find(text: str) -> PersonalToken | None:
    """The token of this text, good or expired, with its user."""
    return PersonalToken.objects.select_related("user").filter(digest=personal.digest(text)).first()
