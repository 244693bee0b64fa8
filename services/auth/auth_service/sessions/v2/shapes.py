"""Answers about sessions in version 2."""

from uuid import UUID

from chassis.django.shapes import Shape, source

from auth_service.sessions.shapes import SessionShape
from auth_service.users.shapes import MeV2Shape


class GrantShape(Shape):
    """A session as its owner receives it."""

    id: UUID
    access_token: str
    expires_in: int = source(description="Seconds until the access token expires.")
    refresh_token: str
    user: MeV2Shape


class SessionsV2Shape(Shape):
    items: list[SessionShape]
    next_cursor: str | None
