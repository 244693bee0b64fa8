"""Answers about second factors in version 2."""

from chassis.django.shapes import Shape


class EnrolmentShape(Shape):
    """What an authenticator app is told; shown once."""

    secret: str
    uri: str


class RecoveryCodesShape(Shape):
    """Codes that stand in for the app, each once; shown once."""

    recovery_codes: list[str]
