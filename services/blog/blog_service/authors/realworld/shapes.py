"""How RealWorld's dialect shows authors."""

from uuid import UUID

from chassis.django.shapes import Shape, Url

from blog_service.links import avatar_link


class RealWorldProfileShape(Shape):
    """An author; ``following`` is whether the caller follows them."""

    username: str
    bio: str | None
    image: Url | None
    following: bool


def profile_shape(
    username: str, bio: str, avatar: UUID | None, picture_url: str, following: bool
) -> RealWorldProfileShape:
    image = picture_url or avatar_link(avatar)
    return RealWorldProfileShape(username=username, bio=bio or None, image=image, following=following)


OF_AUTHOR = ("author__username", "author__bio", "author__avatar", "author__picture_url", "author_followed")
"""The columns that ``profile_shape`` takes, in rows of what an author made."""
