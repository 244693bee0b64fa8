"""The admin's log-ins are Django's own; it says when somebody enters and leaves."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record


@receiver(user_logged_in)
def admin_entered(user: AbstractBaseUser, **_: Any) -> None:
    audit_record(Action.ADMIN_ENTERED, user_id=user.pk, actor=user.pk)


@receiver(user_logged_out)
def admin_left(user: AbstractBaseUser | None, **_: Any) -> None:
    if user:  # not for who was logged out already
        audit_record(Action.ADMIN_LEFT, user_id=user.pk, actor=user.pk)
