"""The password of whoever is logged in, as forms of the admin ask for it."""

from chassis.problems import Problem
from django.core.exceptions import ValidationError
from django.utils import timezone

from auth_service.passwords.services import current_password_require
from auth_service.users.models import User


def own_password(user: User, typed: str) -> str:
    """What was typed, if it is right: asked for as the API does, brakes and all. Raises ValidationError."""
    try:
        current_password_require(user, typed, holder=user.pk, now=timezone.now())
    except Problem as problem:
        faults = [error.detail for error in problem.errors or []] or [problem.detail]
        raise ValidationError(faults, code=problem.code) from None
    return typed
