"""What the OpenAPI generator cannot see by itself."""

from chassis.django.openapi import BearerScheme, RealWorldScheme


class SessionScheme(BearerScheme):  # type: ignore[no-untyped-call]  # the generator finds it by being defined
    target_class = "auth_service.sessions.authentication.SessionAuthentication"


class RealWorldSessionScheme(RealWorldScheme):  # type: ignore[no-untyped-call]
    target_class = "auth_service.sessions.authentication.RealWorldSessionAuthentication"
    priority = 1
