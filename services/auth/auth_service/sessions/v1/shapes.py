"""Answers about sessions in version 1."""

from chassis.django.shapes import Shape, Url

from auth_service.sessions.shapes import SessionShape


class TokenPairShape(Shape):
    access: str
    refresh: str


class SessionPageShape(Shape):
    """One page of sessions, newest first."""

    count: int
    next: Url | None
    previous: Url | None
    results: list[SessionShape]
