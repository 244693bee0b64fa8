"""How v1 shows authors."""

from uuid import UUID

from chassis.django.shapes import Shape, Url, constant, source

from blog_service.links import author_link, avatar_link


class AuthorShape(Shape):
    id: UUID
    username: str
    bio: str
    avatar: Url | None = source("avatar", through=avatar_link)
    url: Url = source("username", through=author_link)


class Author(AuthorShape):
    """An author; nobody can follow one yet, so the count is 0 and the answer no."""

    posts_count: int
    followers_count: int = constant(0)
    following: bool = constant(False)
