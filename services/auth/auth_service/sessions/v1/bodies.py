"""Bodies of sessions in version 1."""

from typing import Any

from chassis.django.bodies import Body
from rest_framework import serializers


class LoginBody(Body):
    """Any of ``login``, ``email`` and ``username``, holding either an e-mail or a username."""

    login = serializers.CharField(required=False, max_length=254)
    email = serializers.CharField(required=False, max_length=254)
    username = serializers.CharField(required=False, max_length=254)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    totp = serializers.CharField(required=False, max_length=40, help_text="A code of the app, or a recovery code.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [attrs[name] for name in ("login", "email", "username") if name in attrs]
        if not given:
            raise serializers.ValidationError({"login": ["This field is required."]}, "required")
        return {"login": given[0], "password": attrs["password"], "totp": attrs.get("totp")}


class RefreshBody(Body):
    refresh = serializers.CharField(trim_whitespace=False)


class VerifyBody(Body):
    token = serializers.CharField(trim_whitespace=False)
