"""What the OpenAPI generator cannot see by itself."""

from chassis.django.openapi import BearerScheme


class SessionScheme(BearerScheme):  # type: ignore[no-untyped-call]  # the generator finds it by being defined
    target_class = "auth_service.sessions.authentication.SessionAuthentication"
