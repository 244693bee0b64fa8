"""How RealWorld's dialect shows the account of who is logged in."""

from uuid import UUID

from chassis.django.shapes import Shape, Url, source

from auth_service.users.models import User
from auth_service.users.shapes import Email, avatar_link


def shown_image(picture_url: str, avatar: UUID | None) -> str | None:
    """A picture elsewhere, or the avatar, or none."""
    return picture_url or avatar_link(avatar)


class RealWorldUserShape(Shape):
    email: Email
    username: str
    bio: str | None
    image: Url | None
    token: str = source("token", description="The token of this log-in, good for a day.")


class RealWorldUserAnswer(Shape):
    user: RealWorldUserShape


def user_answer(user: User, token: str) -> RealWorldUserAnswer:
    profile = user.profile
    return RealWorldUserAnswer(
        user=RealWorldUserShape(
            email=user.email,
            username=user.username,
            bio=profile.bio or None,
            image=shown_image(profile.picture_url, profile.avatar),
            token=token,
        )
    )
