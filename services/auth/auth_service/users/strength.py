"""Which passwords are good enough."""

from collections.abc import Iterator

from chassis.problems import FieldError
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from auth_service.users.models import User

LONGEST = 1024


def weaknesses(password: str, user: User, pointer: str) -> Iterator[FieldError]:
    """What is wrong with a password that somebody wants for this account; ``pointer`` names its field."""
    if len(password) > LONGEST:
        yield FieldError(pointer, "max_length", f"Ensure this field has no more than {LONGEST} characters.")
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        for message, reason in zip(error.messages, error.error_list, strict=True):
            yield FieldError(pointer, reason.code or "invalid", message)
