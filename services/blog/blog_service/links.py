"""Addresses in answers, on the gateway, which is all that clients see: PUBLIC_URL, and PICTURES_URL for pictures."""

import re
from urllib.parse import quote, urlencode
from uuid import UUID

from blog_service.settings import settings

PRESETS = {"thumb": 320, "medium": 800, "large": 1600}
"""The sizes of pictures: pixels the longer side has at most, as media has them unless it is set otherwise."""
_IN_ONE_SEGMENT = re.compile(r"(?!\.{1,2}$)[^/\\;%\x00-\x1f\x7f]+")


def post_link(slug: str) -> str:
    return f"{settings().public_url}/api/v1/posts/{slug}"


def post_link_v2(post_id: UUID) -> str:
    return f"{settings().public_url}/api/v2/posts/{post_id}"


def post_slug_link_v2(slug: str) -> str:
    return f"{settings().public_url}/api/v2/posts/by-slug/{slug}"


def preview_link(token: str) -> str:
    return f"{settings().public_url}/api/v2/previews/{token}"


def author_link(username: str) -> str:
    return f"{settings().public_url}/api/v1/authors/{username}"


def author_name_link_v2(username: str) -> str:
    return f"{settings().public_url}/api/v2/authors/by-username/{username}"


def author_link_v2(author_id: UUID) -> str:
    return f"{settings().public_url}/api/v2/authors/{author_id}"


def picture_links(media: UUID) -> dict[str, str]:
    """A picture in every size."""
    picture = f"{settings().pictures_url}/m/{media}"
    return {preset: f"{picture}/{preset}" for preset in PRESETS}


def avatar_link(avatar: UUID | None) -> str | None:
    return f"{settings().pictures_url}/m/{avatar}/thumb" if avatar else None


def post_page_link(slug: str) -> str:
    return f"{settings().public_url}/posts/{slug}"


def author_page_link(username: str) -> str:
    return f"{settings().public_url}/authors/{username}"


def tag_page_link(name: str) -> str:
    """The page of a tag; one whose name the gateway takes for several segments of a path is asked for as a filter."""
    if _IN_ONE_SEGMENT.fullmatch(name):
        return f"{settings().public_url}/tags/{quote(name, safe='')}"
    return f"{settings().public_url}/posts?{urlencode({'tag': name})}"


def tag_link_v2(tag_id: int) -> str:
    return f"{settings().public_url}/api/v2/tags/{tag_id}"


def posts_page_link() -> str:
    return f"{settings().public_url}/posts"


def feed_link(name: str, **filters: str) -> str:
    """A feed at the root, such as ``rss.xml``, of one author or tag where that is said."""
    query = f"?{urlencode(filters)}" if filters else ""
    return f"{settings().public_url}/{name}{query}"


def style_link(name: str) -> str:
    return f"{settings().public_url}/style/{name}.css"
