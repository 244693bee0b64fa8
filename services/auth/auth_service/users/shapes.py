"""How accounts are shown."""

from typing import Annotated
from uuid import UUID

from chassis.django.shape_fields import Format
from chassis.django.shapes import Moment, Shape, Url, source

from auth_service.settings import settings

Email = Annotated[str, Format("email")]


def avatar_link(avatar: UUID | None) -> str | None:
    return f"{settings().pictures_url}/m/{avatar}/thumb" if avatar else None


class ProfileShape(Shape):
    """What a user sees of their own profile; ``avatar`` is an id coming in and a URL going out."""

    bio: str
    avatar: Url | None = source("avatar", through=avatar_link)
    locale: str


class PublicProfileShape(Shape):
    """What everybody sees."""

    username: str = source("user__username")
    bio: str
    avatar: Url | None = source("avatar", through=avatar_link)


class AccountShape(Shape):
    """A new account."""

    id: UUID
    email: Email
    username: str


class MeShape(AccountShape):
    """What users see of themselves."""

    roles: list[str]
    profile: ProfileShape


class MeV2Shape(MeShape):
    """What users see of themselves."""

    email_confirmed: bool
    totp: bool = source("has_totp", description="Whether a log-in asks for a code as well.")
    deletes_at: Moment | None = source("deletes_at", description="When the account is to be deleted, if it is.")
