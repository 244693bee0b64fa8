"""What Ghost exports: one JSON file. https://ghost.org/docs/migration/ghost/"""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from blog_service.transfer.entries import MOST, Entries, Entry, Left, Picture, Unreadable, moment_of
from blog_service.transfer.html import body_of, pictures_in

LARGEST = 256 * 1024 * 1024
SITE = "__GHOST_URL__"
"""What stands in texts for the address of the site."""
Row = Mapping[str, Any]


def ghost_entries(file: Path, site: str) -> Entries:
    """The posts of an export, of the site at this address; raises Unreadable."""
    data = _data(file)
    tags = _tags(data)
    for post in data["posts"]:
        key = str(post.get("uuid") or post.get("id") or "")
        try:
            yield _entry(post, key, tags.get(str(post.get("id")), ()), site)
        except (Unreadable, ValueError) as error:
            yield Left(key, str(error))


def _data(file: Path) -> dict[str, list[Row]]:
    if not file.is_file() or file.stat().st_size > LARGEST:
        raise Unreadable(f"{file} is no file of at most {LARGEST} bytes.")
    try:
        said = json.loads(file.read_bytes())
        data = (said["db"][0] if "db" in said else said)["data"]
        rows = {name: data.get(name, []) for name in ("posts", "tags", "posts_tags")}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"{file} is no export of Ghost.") from error
    if not all(isinstance(each, list) and all(isinstance(row, dict) for row in each) for each in rows.values()):
        raise Unreadable(f"{file} is no export of Ghost.")
    if len(rows["posts"]) > MOST:
        raise Unreadable(f"There are more than {MOST} posts.")
    return rows


def _tags(data: Mapping[str, list[Row]]) -> dict[str, tuple[str, ...]]:
    """The names of each post's tags, in its order; those that begin with # are for the site alone."""
    names = {str(tag.get("id")): str(tag.get("name") or "") for tag in data["tags"]}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for link in sorted(data["posts_tags"], key=lambda row: int(row.get("sort_order") or 0)):
        name = names.get(str(link.get("tag_id")), "")
        if name and not name.startswith("#"):
            found[str(link.get("post_id"))].append(name)
    return {post_id: tuple(tags) for post_id, tags in found.items()}


def _entry(post: Row, key: str, tags: tuple[str, ...], site: str) -> Entry:
    if post.get("type", "post") != "post":
        raise Unreadable(f"is a {post.get('type')}, no post")
    html = post.get("html")
    if not isinstance(html, str):
        raise Unreadable("has no HTML; export from a version that writes it")
    body = body_of(html.replace(SITE, site))
    status = str(post.get("status") or "draft")
    published_at = moment_of(str(post.get("published_at") or "")) if status in {"published", "sent"} else None
    return Entry(
        key=key,
        title=str(post.get("title") or ""),
        body=body,
        slug=str(post.get("slug") or ""),
        summary=str(post.get("custom_excerpt") or ""),
        tags=tags,
        written_at=moment_of(str(post.get("created_at") or "")),
        published_at=(published_at or datetime.now(UTC)) if status in {"published", "sent"} else None,
        pictures=(*_feature(post, site), *pictures_in(body)),
        notes=tuple(_notes(post, status)),
    )


def _feature(post: Row, site: str) -> list[Picture]:
    """The picture over the post, which the text need not show."""
    address = str(post.get("feature_image") or "").replace(SITE, site)
    caption, alt = str(post.get("feature_image_caption") or ""), str(post.get("feature_image_alt") or "")
    return [Picture(address, "", caption[:1000], alt[:1000])] if address else []


def _notes(post: Row, status: str) -> list[str]:
    notes = [f"was {status}, is a draft"] if status not in {"published", "sent", "draft"} else []
    if post.get("visibility", "public") != "public":
        notes.append(f"was for {post['visibility']}, has no such limit here")
    return notes
