"""Changes of passwords."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from auth_service.sessions.models import Session
from auth_service.sessions.services import sessions_end
from auth_service.users.models import User
from auth_service.users.selectors import user_get_locked


def password_replace(user_id: UUID, password: str, *, actor: UUID, now: datetime) -> User:
    """Give an account another password, whose strength was checked, and end the sessions opened with the old one."""
    hashed = User()
    hashed.set_password(password)  # slow on purpose, so before the transaction opens
    with transaction.atomic():
        user = user_get_locked(user_id)
        user.password = hashed.password
        user.save(update_fields=["password"])
        sessions_end(user_id, by=Session.EndedBy.PASSWORD, actor=actor, now=now)
    return user
