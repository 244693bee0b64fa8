"""What users change of themselves."""

from chassis.django.bodies import Body, ShortTextField, StrictBody
from rest_framework import serializers

from auth_service.passwords.v1.bodies import PasswordField
from auth_service.users.models import LOCALE


class ProfileChangesBody(StrictBody):
    bio = ShortTextField(required=False, allow_blank=True, max_length=1000)
    avatar = serializers.UUIDField(required=False, allow_null=True, help_text="The id of a picture in media.")
    locale = serializers.RegexField(
        rf"\A{LOCALE}\Z",
        required=False,
        max_length=35,
        error_messages={"invalid": "Say a language, and its region if you like: de, or de-AT."},
    )


class MeChangesBody(StrictBody):
    profile = ProfileChangesBody(required=False)


class AccountDeletionBody(Body):
    current_password = PasswordField()
