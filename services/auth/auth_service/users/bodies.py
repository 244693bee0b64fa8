"""Bodies that change accounts."""

from chassis.django.bodies import Body, ShortTextField, StrictBody
from rest_framework import serializers

from auth_service.users.models import LOCALE, USERNAME


class RegistrationBody(Body):
    email = serializers.EmailField(max_length=254)
    username = serializers.RegexField(
        rf"\A{USERNAME}\Z",
        trim_whitespace=False,
        error_messages={"invalid": "Use 3 to 30 of the characters a-z A-Z 0-9 _ . -"},
    )
    password = serializers.CharField(min_length=10, max_length=1024, trim_whitespace=False)


class CredentialsBody(StrictBody):
    login = serializers.CharField(max_length=254, trim_whitespace=False)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)


class ProfileChangesBody(StrictBody):
    bio = ShortTextField(required=False, allow_blank=True, max_length=1000)
    avatar = serializers.UUIDField(required=False, allow_null=True, help_text="The id of a picture in media.")
    locale = serializers.RegexField(rf"\A{LOCALE}\Z", required=False, max_length=35)


class MeChangesBody(StrictBody):
    profile = ProfileChangesBody(required=False)
