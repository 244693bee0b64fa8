"""Answers about e-mail addresses."""

from chassis.django.shapes import Shape

from auth_service.users.shapes import Email


class PendingEmailShape(Shape):
    """The address that a change waits to be confirmed for."""

    pending_email: Email


class EmailShape(Shape):
    """The caller's address."""

    email: Email
    email_confirmed: bool
    pending_email: Email | None
