"""Answers about personal tokens in version 2."""

from uuid import UUID

from chassis.django.shapes import Moment, Shape, source


class PersonalTokenShape(Shape):
    """A personal token as its owner sees it later."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: Moment
    expires_at: Moment
    last_used_at: Moment | None


class NewPersonalTokenShape(PersonalTokenShape):
    """A personal token as its owner sees it once."""

    token: str | None = source(description="null where an answer is repeated for its Idempotency-Key")


class PersonalTokensShape(Shape):
    items: list[PersonalTokenShape]
