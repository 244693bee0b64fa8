"""Addresses of posts: short, readable, and never given to another post once they were used."""

from collections.abc import Iterator
from uuid import UUID

from slugify import slugify

from blog_service.posts.models import Post, PostSlug

LONGEST = 80
NUMBERED = 9


def slug_claim(post: Post) -> None:
    """Give the post the first free slug that fits its title; one it had before is free for it.

    Belongs into the transaction that saves the post.
    """
    candidates = list(_candidates(post.title, post.id))
    owners = dict(PostSlug.objects.filter(slug__in=candidates).values_list("slug", "post_id"))
    for slug in candidates:
        if owners.get(slug, post.id) == post.id and _claimed(slug, post):
            post.slug = slug
            return


def _claimed(slug: str, post: Post) -> bool:
    """Whether the slug is the post's now; another request may have taken it since it was seen free."""
    kept, _ = PostSlug.objects.get_or_create(slug=slug, defaults={"post": post})
    return kept.post_id == post.id


def _candidates(title: str, post_id: UUID) -> Iterator[str]:
    """The title's own slug, a few numbered ones, and one that is the post's alone, so the search always ends."""
    base = slugify(title, max_length=LONGEST, word_boundary=True) or "post"
    yield base
    for number in range(2, NUMBERED + 1):
        yield f"{base}-{number}"
    yield f"{base}-{post_id.hex[-12:]}"
