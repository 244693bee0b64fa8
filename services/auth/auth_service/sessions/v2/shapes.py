"""Answers about sessions in version 2."""

from uuid import UUID

from chassis.django.shapes import Shape, source
from msgspec import UnsetType

from auth_service.sessions.shapes import SessionShape
from auth_service.users.shapes import MeV2Shape


class GrantShape(Shape):
    """A session as its owner receives it."""

    id: UUID
    access_token: str
    expires_in: int = source(description="Seconds until the access token expires.")
    refresh_token: str | UnsetType = source(description="Left out where it is in a cookie.")
    csrf_token: str | UnsetType = source(
        description="For X-CSRF-Token, where the refresh token is in a cookie; else left out."
    )
    user: MeV2Shape
    deletion_cancelled: bool | UnsetType = source(
        description="True where this log-in kept an account that was to be deleted; else left out."
    )


class SessionsV2Shape(Shape):
    items: list[SessionShape]
    next_cursor: str | None
