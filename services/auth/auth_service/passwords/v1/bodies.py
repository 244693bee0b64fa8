"""Bodies about passwords in version 1."""

from typing import Any

from chassis.django.bodies import Body
from rest_framework import serializers


class PasswordField(serializers.CharField):
    """A password as it was typed, spaces and all."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=1024, trim_whitespace=False, **options)


class PasswordChangeBody(Body):
    current_password = PasswordField()
    new_password = PasswordField()


class PasswordResetRequestBody(Body):
    email = serializers.CharField(max_length=254)


class PasswordResetBody(Body):
    uid = serializers.CharField(max_length=100)
    token = serializers.CharField(max_length=100)
    new_password = PasswordField()
