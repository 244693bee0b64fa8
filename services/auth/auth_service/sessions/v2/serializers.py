"""Bodies and answers of sessions in version 2."""

from typing import Any

from chassis.django.bodies import StrictBody
from rest_framework import serializers

from auth_service.sessions.serializers import SessionSerializer
from auth_service.users.serializers import MeSerializer


class SessionBody(StrictBody):
    login = serializers.CharField(max_length=254, help_text="An e-mail address or a username.")
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    mode = serializers.ChoiceField(
        ["token"], default="token", error_messages={"invalid_choice": "Only 'token' is offered."}
    )


class SessionRefreshBody(StrictBody):
    refresh_token = serializers.CharField(trim_whitespace=False)


class GrantSerializer(serializers.Serializer[Any]):
    """A session as its owner receives it."""

    id = serializers.UUIDField()
    access_token = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds until the access token expires.")
    refresh_token = serializers.CharField()
    user = MeSerializer()


class SessionPage(serializers.Serializer[Any]):
    items = SessionSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
