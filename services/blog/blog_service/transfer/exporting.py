"""Writing posts out: a folder of Markdown files with front matter, and their pictures, as ``folder`` reads it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import urllib3
import yaml
from django.db.models import Q, QuerySet

from blog_service.posts.models import Post, PostImage
from blog_service.settings import settings
from blog_service.transfer.importing import Outcome

PICTURES = "pictures"
AT_ONCE = 100
TYPES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "image/avif": ".avif"}


class NoPicture(Exception):  # noqa: N818  says what happened
    """Media does not give a picture out."""


def posts_export(folder: Path, posts: "QuerySet[Post]") -> Iterator[Outcome]:
    """Write each post once; what is there in its present version stays, so an export may be begun again.

    A post's file is written last and appears whole: where it is, its pictures are.
    """
    (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    after = UUID(int=0)
    while page := list(posts.filter(Q(id__gt=after)).select_related("author").order_by("id")[:AT_ONCE]):
        for post in page:
            yield _exported(folder, post)
        after = page[-1].id


def _exported(folder: Path, post: Post) -> Outcome:
    file = folder / f"{post.slug}.md"
    if file.exists() and f"\nversion: {post.version}\n" in file.read_text().partition("\n---\n")[0] + "\n":
        return Outcome(str(post.id), "present", post.slug)
    images, lacking = [], []
    for image in PostImage.objects.filter(post=post).order_by("position"):
        try:
            name = _picture(folder, image.asset_id)
            images.append({"file": name, "caption": image.caption, "alt": image.alt})
        except NoPicture as error:
            lacking.append(f"picture {image.asset_id} is left out: {error}")
    said = _matter(post, images) | ({} if lacking else {"version": post.version})  # by which the next run knows it
    front = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=10_000)
    _write(file, f"---\n{front}---\n{post.body}".encode())
    return Outcome(str(post.id), "lacking" if lacking else "taken", post.slug, notes=tuple(lacking))


def _matter(post: Post, images: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": str(post.id),
        "title": post.title,
        "slug": post.slug,
        "status": post.status,
        "author": post.author.username,
        "created_at": post.created_at.isoformat(),
        "published_at": post.published_at and post.published_at.isoformat(),
        "summary": post.summary,
        "tags": post.tags,
        "images": images,
    }


def _picture(folder: Path, media: UUID) -> str:
    """Fetch a picture as it was uploaded; gives its name in the folder."""
    if there := next((folder / PICTURES).glob(f"{media}.*"), None):
        return f"{PICTURES}/{there.name}"
    address = f"{settings().media_url}/m/{media}/original"
    try:
        answer = urllib3.request("GET", address, timeout=60, retries=urllib3.Retry(3, redirect=3))
    except urllib3.exceptions.HTTPError as error:
        raise NoPicture(type(error).__name__) from error
    suffix = TYPES.get(answer.headers.get("Content-Type", ""))
    if answer.status != 200 or suffix is None:
        raise NoPicture(f"answered {answer.status}")
    _write(folder / PICTURES / f"{media}{suffix}", answer.data)
    return f"{PICTURES}/{media}{suffix}"


def _write(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}.part")
    draft.write_bytes(content)
    draft.replace(file)
