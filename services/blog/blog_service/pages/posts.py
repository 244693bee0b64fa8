"""Posts as pages show them: plain values for templates, made of the rows that every read of posts gives."""

from collections.abc import Mapping
from typing import Any, cast

from django.utils.safestring import mark_safe

from blog_service.links import PRESETS, author_page_link, avatar_link, picture_links, post_page_link, tag_page_link
from blog_service.markdown.rendering import plain_text
from blog_service.markdown.sanitising import absolute
from blog_service.posts.models import PostImage
from blog_service.posts.selectors import ImageRow, PostRow

COUNTS = {"favourites": "counts__favourites", "comments": "counts__comments"}
IN_LISTS = frozenset({"title", "excerpt", "summary", "tags", "updated_at"}).union(COUNTS.values())
WHOLE = IN_LISTS | {"html"}
WORDS_A_MINUTE = 220
Shown = dict[str, Any]


def shown(row: PostRow) -> Shown:
    """A post of a list."""
    more = cast("Mapping[str, Any]", row)
    return {
        "title": more["title"],
        "link": post_page_link(row["slug"]),
        "description": more["summary"] or more["excerpt"],
        "published_at": row["published_at"],
        "updated": max(filter(None, (more["updated_at"], row["published_at"]))),
        "authors": [author_shown(each["username"], each["avatar"], each["bio"]) for each in row["authors"]],
        **{name: more[column] for name, column in COUNTS.items()},
        "tags": more["tags"],
        "tag_links": [{"name": name, "link": tag_page_link(name)} for name in more["tags"]],
        "pictures": [picture_shown(each) for each in row["images"] if each["state"] == PostImage.State.CONFIRMED],
    }


def shown_whole(row: PostRow) -> Shown:
    """A post on its own page, with its text; `figures` are its pictures that the text does not show itself."""
    post, html = shown(row), cast("Mapping[str, str]", row)["html"]
    figures = [picture for picture in post["pictures"] if str(picture["id"]) not in html]
    minutes = max(1, round(len(plain_text(html).split()) / WORDS_A_MINUTE))
    safe = mark_safe(absolute(html, post["link"]))  # noqa: S308  sanitised when it was written, and once more here
    return {**post, "html": safe, "figures": figures, "minutes": minutes}


def picture_shown(image: ImageRow) -> Shown:
    """A picture with its addresses; ``srcset`` names the width of each, in pixels."""
    links, width, height = picture_links(image["media"]), image["width"], image["height"]
    widths = {preset: _width(side, width, height) for preset, side in PRESETS.items()}
    srcset = {wide: f"{links[preset]} {wide}w" for preset, wide in widths.items()}
    named = {name: image[name] for name in ("alt", "caption", "width", "height")}
    return {"id": image["media"], **named, **links, "srcset": ", ".join(srcset.values())}


def _width(side: int, width: int | None, height: int | None) -> int:
    """The width of a picture whose longer side became ``side``, if not shorter; a landscape while that is unknown."""
    return max(1, round(width * min(1, side / max(width, height)))) if width and height else side


def author_shown(username: str, avatar: Any, bio: str) -> Shown:
    return {"name": username, "link": author_page_link(username), "avatar": avatar_link(avatar), "bio": bio}
