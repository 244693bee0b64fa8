"""Addresses of posts: short, readable, and never given to another post once they were used."""

from collections.abc import Iterator
from hashlib import sha256
from uuid import UUID

from chassis.problems import Problem
from django.db import connection
from slugify import slugify

from blog_service.posts.models import DeletedSlug, Post, PostSlug

LONGEST = 80
NUMBERED = 9
_CLAIM = "INSERT INTO posts_postslug (slug, post_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_CLAIM_FIRST = f"""
WITH candidate (place, slug, digest) AS (VALUES {", ".join(["(%s, %s, %s)"] * (NUMBERED + 1))})
INSERT INTO posts_postslug (slug, post_id)
SELECT slug, %s FROM candidate
WHERE NOT EXISTS (SELECT 1 FROM posts_postslug used WHERE used.slug = candidate.slug AND used.post_id <> %s)
AND NOT EXISTS (SELECT 1 FROM posts_deletedslug spent WHERE spent.slug IN (candidate.slug, candidate.digest))
ORDER BY place LIMIT 1
ON CONFLICT (slug) DO UPDATE SET slug = excluded.slug WHERE posts_postslug.post_id = excluded.post_id
RETURNING slug
"""  # noqa: S608  constants
"""Gives none where another request has just taken it."""


def slug_change(post: Post, *, title: str, chosen: str | None) -> None:
    """Give the post its title and the slug that was chosen, else one of the title unless one was chosen before.

    Raises Problem (409) if the chosen slug is another post's, or was.
    """
    follows = post._state.adding or post.slug in _candidates(post.title, post.id)
    is_new_title, post.title = title != post.title, title
    if chosen is not None and chosen != post.slug:
        _choose(post, chosen)
    elif chosen is None and is_new_title and follows:
        slug_claim(post)


def slug_claim(post: Post) -> None:
    """Give the post the first free slug that fits its title; one it had before is free for it.

    Belongs into the transaction that saves the post.
    """
    candidates = enumerate(_candidates(post.title, post.id))
    places = [value for place, slug in candidates for value in (place, slug, _digest(slug))]
    claimed = None
    with connection.cursor() as cursor:
        while claimed is None:
            cursor.execute(_CLAIM_FIRST, [*places, post.id.hex, post.id.hex])
            claimed = cursor.fetchone()
    (post.slug,) = claimed


def slugs_bury(post: Post) -> None:
    """Keep the slugs of a post that is about to be deleted from ever being given to another.

    Their digests do for that, and say nothing of what the post was about, or whose it was.
    """
    slugs = PostSlug.objects.filter(post_id=post.id).values_list("slug", flat=True)
    DeletedSlug.objects.bulk_create((DeletedSlug(slug=_digest(slug)) for slug in slugs), ignore_conflicts=True)


def _choose(post: Post, slug: str) -> None:
    had = PostSlug.objects.filter(slug=slug, post_id=post.id).exists()
    if not had and (DeletedSlug.objects.filter(slug__in=[slug, _digest(slug)]).exists() or not _claimed(slug, post)):
        raise Problem(409, "slug_taken", "Another post has this slug, or had it.")
    post.slug = slug


def _claimed(slug: str, post: Post) -> bool:
    """Whether the slug is the post's now; another request may have taken it since it was seen free."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [slug, post.id.hex])
        return bool(cursor.rowcount)


def _candidates(title: str, post_id: UUID) -> Iterator[str]:
    """The title's own slug, a few numbered ones, and one that is the post's alone, so the search always ends."""
    base = slugify(title, max_length=LONGEST, word_boundary=True) or "post"
    yield base
    for number in range(2, NUMBERED + 1):
        yield f"{base}-{number}"
    yield f"{base}-{post_id.hex[-12:]}"


def _digest(slug: str) -> str:
    return sha256(slug.encode()).hexdigest()
