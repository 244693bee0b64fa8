"""Bodies that open an account, or ask whose it is."""

from typing import ClassVar

from chassis.django.bodies import Body, StrictBody
from rest_framework import serializers

from auth_service.users.models import USERNAME


class UsernameField(serializers.RegexField):
    """A username that somebody wants."""

    default_error_messages: ClassVar = {"invalid": "Use 3 to 30 of the characters a-z A-Z 0-9 _ . -"}

    def __init__(self) -> None:
        super().__init__(rf"\A{USERNAME}\Z", trim_whitespace=False)


class RegistrationBody(Body):
    email = serializers.EmailField(max_length=254)
    username = UsernameField()
    password = serializers.CharField(min_length=10, max_length=1024, trim_whitespace=False)


class CredentialsBody(StrictBody):
    login = serializers.CharField(max_length=254, trim_whitespace=False)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    totp = serializers.CharField(max_length=40, allow_null=True, default=None)
