"""How v2 shows posts."""

from typing import Any

from chassis.clock import format_timestamp

from blog_service.links import avatar_link, picture_links, post_link_v2
from blog_service.posts.models import PostImage
from blog_service.posts.selectors import ImageRow, PostRow


def post_in_list(row: PostRow) -> dict[str, Any]:
    """A post without body and html."""
    return {
        "id": str(row["id"]),
        "slug": row["slug"],
        "status": row["status"],
        "title": row["title"],
        "summary": row["excerpt"],
        "author": {
            "id": str(row["author_id"]),
            "username": row["author__username"],
            "avatar": avatar_link(row["author__avatar"]),
        },
        "tags": row["tags"],
        "images": [_image(image) for image in row["images"]],
        "revision": row["version"],
        "created_at": format_timestamp(row["created_at"]),
        "updated_at": format_timestamp(row["updated_at"]),
        "published_at": row["published_at"] and format_timestamp(row["published_at"]),
        "scheduled_for": None,
        "counts": {"favourites": 0, "comments": 0},
        "links": {"self": post_link_v2(row["id"]), "html": None},
    }


def post_shape(row: PostRow) -> dict[str, Any]:
    """A post in full."""
    return post_in_list(row) | {"body": row["body"], "html": row["html"]}


def _image(image: ImageRow) -> dict[str, Any]:
    return {
        "id": str(image["id"]),
        "media_id": str(image["media"]),
        "caption": image["caption"],
        "alt": image["alt"],
        "position": image["position"],
        "state": image["state"],
        "urls": picture_links(image["media"]) if image["state"] == PostImage.State.CONFIRMED else {},
    }
