"""Bodies of sessions in version 2."""

from chassis.django.bodies import OneOfField, StrictBody
from rest_framework import serializers


class SessionBody(StrictBody):
    login = serializers.CharField(max_length=254, help_text="An e-mail address or a username.")
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    totp = serializers.CharField(required=False, max_length=40, help_text="A code of the app, or a recovery code.")
    mode = OneOfField(
        ["token", "cookie"], default="token", help_text="Where the refresh token goes: into the body, or a cookie."
    )


class SessionRefreshBody(StrictBody):
    refresh_token = serializers.CharField(
        required=False, trim_whitespace=False, help_text="Left out where it is in the cookie."
    )
