"""How v1 shows posts."""

from typing import Any

from chassis.clock import format_timestamp

from blog_service.links import author_link, avatar_link, picture_links, post_link
from blog_service.posts.models import Post, PostImage
from blog_service.posts.selectors import ImageRow, PostRow


def post_in_list(row: PostRow) -> dict[str, Any]:
    """A post without body and html."""
    waiting = {"waiting_for": _pending(row["images"])} if row["publish_requested"] else {}
    return {
        "id": str(row["id"]),
        "url": post_link(row["slug"]),
        "slug": row["slug"],
        "title": row["title"],
        "excerpt": row["excerpt"],
        "author": _author(row),
        "tags": row["tags"],
        "images": [_image(image) for image in row["images"]],
        "published": row["status"] == Post.Status.PUBLISHED,
        "published_at": row["published_at"] and format_timestamp(row["published_at"]),
        "created_at": format_timestamp(row["created_at"]),
        "updated_at": format_timestamp(row["updated_at"]),
        "version": row["version"],
        "favourites_count": 0,  # nobody can favour or comment yet: that is the truth, not a placeholder
        "comments_count": 0,
        "favourited": False,
        **waiting,
    }


def post_shape(row: PostRow) -> dict[str, Any]:
    """A post in full."""
    return post_in_list(row) | {"body": row["body"], "html": row["html"]}


def _author(row: PostRow) -> dict[str, Any]:
    return {
        "id": str(row["author_id"]),
        "username": row["author__username"],
        "bio": row["author__bio"],
        "avatar": avatar_link(row["author__avatar"]),
        "url": author_link(row["author__username"]),
    }


def _image(image: ImageRow) -> dict[str, Any]:
    return {
        "id": str(image["id"]),
        "media": str(image["media"]),
        "caption": image["caption"],
        "alt": image["alt"],
        "position": image["position"],
        "state": image["state"],
        "urls": picture_links(image["media"]),
    }


def _pending(images: list[ImageRow]) -> list[str]:
    return [str(image["id"]) for image in images if image["state"] == PostImage.State.PENDING]
