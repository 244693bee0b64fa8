"""Addresses in answers. All are made from PUBLIC_URL: a client only ever sees the gateway."""

from uuid import UUID

from blog_service.settings import settings

PRESETS = ("thumb", "medium", "large")


def post_link(slug: str) -> str:
    return f"{settings().public_url}/api/v1/posts/{slug}"


def post_link_v2(post_id: UUID) -> str:
    return f"{settings().public_url}/api/v2/posts/{post_id}"


def post_slug_link_v2(slug: str) -> str:
    return f"{settings().public_url}/api/v2/posts/by-slug/{slug}"


def author_link(username: str) -> str:
    return f"{settings().public_url}/api/v1/authors/{username}"


def author_link_v2(author_id: UUID) -> str:
    return f"{settings().public_url}/api/v2/authors/{author_id}"


def picture_links(media: UUID) -> dict[str, str]:
    """A picture in every size."""
    picture = f"{settings().public_url}/m/{media}"
    return {preset: f"{picture}/{preset}.webp" for preset in PRESETS}


def avatar_link(avatar: UUID | None) -> str | None:
    return f"{settings().public_url}/m/{avatar}/thumb.webp" if avatar else None
