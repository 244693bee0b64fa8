"""Which passwords are good enough."""

from collections.abc import Iterator

from chassis.problems import FieldError
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from auth_service.settings import settings
from auth_service.users.models import User

LONGEST = 1024


SHORTEST_OF_REALWORLD = 8


def weaknesses(password: str, user: User, pointer: str, *, realworld: bool = False) -> Iterator[FieldError]:
    """What is wrong with a password that somebody wants for this account; ``pointer`` names its field.

    RealWorld's dialect takes weaker ones where AUTH_REALWORLD_PASSWORDS is on.
    """
    if len(password) > LONGEST:
        yield FieldError(pointer, "max_length", f"Ensure this field has no more than {LONGEST} characters.")
        return
    if realworld and settings().realworld_passwords:
        if len(password) < SHORTEST_OF_REALWORLD:
            yield FieldError(
                pointer, "min_length", f"Ensure this field has at least {SHORTEST_OF_REALWORLD} characters."
            )
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        for message, reason in zip(error.messages, error.error_list, strict=True):
            yield FieldError(pointer, reason.code or "invalid", message)
