"""Addresses of posts: short, readable, and never given to another post once they were used."""

from collections.abc import Iterator
from hashlib import sha256
from uuid import UUID

from chassis.problems import Problem
from django.db import connection
from django.db.models import UUIDField, Value
from slugify import slugify

from blog_service.posts.models import DeletedSlug, Post, PostSlug

LONGEST = 80
NUMBERED = 9
_CLAIM = "INSERT INTO posts_postslug (slug, post_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"


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
    candidates = list(_candidates(post.title, post.id))
    of_deleted = DeletedSlug.objects.annotate(post_id=Value(None, output_field=UUIDField()))
    spelt = {slug: slug for slug in candidates} | {_digest(slug): slug for slug in candidates}
    used = PostSlug.objects.values_list("slug", "post_id").filter(slug__in=candidates)
    spent = of_deleted.values_list("slug", "post_id").filter(slug__in=spelt)
    owners = {spelt[slug]: owner for slug, owner in used.union(spent, all=True)}
    post.slug = next(
        slug for slug in candidates if owners.get(slug) == post.id or (slug not in owners and _claimed(slug, post))
    )


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
