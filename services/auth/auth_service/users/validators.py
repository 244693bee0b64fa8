"""What Django's validators of passwords let pass."""

from django.core.exceptions import ValidationError


class FewCharactersValidator:
    """Refuses blanks alone, and one character again and again: they are long and nobody's secret."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002  Django gives it
        if len(set(password.strip())) <= 1:
            raise ValidationError(
                "This password is blank, or one character again and again.", code="password_too_uniform"
            )

    def get_help_text(self) -> str:
        return "Your password must not be blanks alone, nor one character again and again."
