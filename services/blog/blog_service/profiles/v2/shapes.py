"""How v2 shows authors on their pages."""

from uuid import UUID

from chassis.django.shapes import Shape, Url, source

from blog_service.links import author_link_v2, avatar_link


class AuthorLinksV2Shape(Shape):
    self: Url = source("id", through=author_link_v2)


class ProfileV2Shape(Shape):
    """An author; ``following`` is whether the caller does."""

    id: UUID
    username: str
    bio: str
    avatar: Url | None = source("avatar", through=avatar_link)
    posts_count: int
    followers_count: int
    following: bool
    links: AuthorLinksV2Shape = source("*")
