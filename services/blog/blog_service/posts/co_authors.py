"""The co-authors of posts: as their posts keep them, and which posts are whose because of them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypedDict
from uuid import UUID

from django.db.models import Q

from blog_service.authors.models import Author
from blog_service.posts.models import CoAuthorship

MOST = 1000
"""Posts that somebody may be a co-author of: they are looked for by their ids, beside those that are one's own."""


class CoAuthor(NamedTuple):
    """Somebody who is named; not shown to readers until they have accepted."""

    id: UUID
    accepted: bool


class AuthorRow(TypedDict):
    """An author of a post, as every read of posts brings them. The first has begun the post."""

    id: UUID
    username: str
    bio: str
    avatar: UUID | None
    accepted: bool


def kept(co_authors: Iterable[CoAuthor]) -> list[dict[str, object]]:
    """Co-authors as the column of a post has them."""
    return [{"id": str(each.id), "accepted": each.accepted} for each in co_authors]


def named(column: Iterable[Mapping[str, object]]) -> tuple[CoAuthor, ...]:
    """What the column of a post says."""
    return tuple(CoAuthor(UUID(str(each["id"])), accepted=bool(each["accepted"])) for each in column)


def ids_of(co_authors: Iterable[CoAuthor]) -> frozenset[UUID]:
    return frozenset(each.id for each in co_authors)


def by(author_id: UUID) -> Q:
    """The posts that an author has begun or is a co-author of.

    The ids are asked for first: an index leads to the posts of an author, and another to these, but none to posts
    that are one or the other.
    """
    ids = _shared(author_id, accepted=True)
    return Q(author_id=author_id) | Q(id__in=ids) if ids else Q(author_id=author_id)


def naming(author_id: UUID) -> Q:
    """The newest posts that an author is named on and has not accepted to be an author of."""
    return Q(id__in=_shared(author_id, accepted=False))


def _shared(author_id: UUID, *, accepted: bool) -> list[UUID]:
    theirs = CoAuthorship.objects.filter(author_id=author_id, accepted=accepted).order_by("-post_id")
    return list(theirs.values_list("post_id", flat=True)[:MOST])


def author_rows(ids: Iterable[UUID]) -> dict[UUID, AuthorRow]:
    """What is shown of these authors, in one query; none for no ids."""
    rows = Author.objects.filter(id__in=set(ids)).values("id", "username", "bio", "avatar")
    return {row["id"]: AuthorRow(**row, accepted=True) for row in rows}
