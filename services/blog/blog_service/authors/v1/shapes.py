"""How v1 shows authors in a byline."""

from uuid import UUID

from chassis.django.shapes import Shape, Url, source

from blog_service.links import author_link, avatar_link


class AuthorShape(Shape):
    id: UUID
    username: str
    bio: str
    avatar: Url | None = source("avatar", through=avatar_link)
    url: Url = source("username", through=author_link)
