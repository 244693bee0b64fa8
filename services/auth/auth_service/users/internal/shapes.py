"""How accounts are shown to other services."""

from uuid import UUID

from chassis.django.shapes import Shape, source


class AuthorSnapshotShape(Shape):
    """What the events about a user say, with the sequence of the last one."""

    user_id: UUID = source("id")
    username: str
    bio: str = source("profile__bio")
    avatar: UUID | None = source("profile__avatar")
    picture_url: str = source("profile__picture_url")
    locale: str = source("profile__locale")
    roles: list[str]
    sequence: int = source("version")


class CredentialsShape(Shape):
    """Whose credentials they were, with the sequence of the last event about them."""

    user_id: UUID = source("id")
    username: str
    roles: list[str]
    sequence: int = source("version")
