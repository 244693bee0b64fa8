"""Links by which somebody without an account reads one post before it is public."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from chassis.problems import FieldError, Problem, invalid_fields
from chassis.tokens import Claims
from django.db.models import Exists, OuterRef, Q, QuerySet

from blog_service.authors.models import Author
from blog_service.authors.services import author_compare, author_ensure_with_roles
from blog_service.posts.access import is_editor
from blog_service.posts.models import CoAuthorship, PreviewLink

LONGEST = timedelta(days=30)
SHORTEST = timedelta(seconds=60)
MOST = 50
"""Links of one post."""
TOKEN_BYTES = 32
_named = CoAuthorship.objects.filter(post_id=OuterRef(OuterRef("post_id")), author_id=OuterRef("id"))
_may_edit = Q(may_edit=True) | Q(id=OuterRef("post__author_id")) | Exists(_named)
ENTITLED = Exists(Author.objects.filter(_may_edit, id=OuterRef("maker_id"), suspended=False, may_write=True))
"""Of links those whose maker could make them now, as far as blog knows: an event that tells otherwise may be late."""


class NewPreview(NamedTuple):
    """A link and its token, which nobody can be told again."""

    link: PreviewLink
    token: str


class PreviewNotFound(Problem):
    """404: there never was such a link, or it has ended."""

    def __init__(self) -> None:
        super().__init__(404, "preview_not_found", "There is no such preview, or it has ended.")


def preview_maker(maker: Claims) -> UUID:
    """Their id; of an editor whom blog does not know for one, as after an upgrade, auth is asked.

    Raises Problem: 503 if it is away.
    """
    maker_id = author_ensure_with_roles(maker).id
    if is_editor(maker) and not Author.objects.filter(id=maker_id, may_edit=True).exists():
        author_compare(maker_id)
    return maker_id


def preview_add(post_id: UUID, *, maker_id: UUID, life: timedelta, now: datetime) -> NewPreview:
    """Let whoever has the link read the post for so long; raises Problem 400 if it has MOST links already."""
    PreviewLink.objects.filter(post_id=post_id, expires_at__lte=now).delete()
    if previews_of(post_id, now=now).count() >= MOST:
        raise invalid_fields([FieldError("", "max_length", f"A post has at most {MOST} preview links.")])
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = PreviewLink.objects.create(
        post_id=post_id, token_digest=_digest(token), maker_id=maker_id, created_at=now, expires_at=now + life
    )
    return NewPreview(link, token)


def previews_of(post_id: UUID, *, now: datetime) -> QuerySet[PreviewLink]:
    """The links of a post that can still be read by."""
    return PreviewLink.objects.filter(ENTITLED, post_id=post_id, expires_at__gt=now)


def preview_end(post_id: UUID, link_id: UUID) -> None:
    """Raises Problem (404)."""
    ended, _ = PreviewLink.objects.filter(post_id=post_id, id=link_id).delete()
    if not ended:
        raise PreviewNotFound


def previews_end(user_id: UUID) -> None:
    """End all links to somebody's posts, and those that they have made."""
    PreviewLink.objects.filter(Q(maker_id=user_id) | Q(post__author_id=user_id)).delete()


def previews_end_unentitled(maker_id: UUID, post_id: UUID | None = None) -> None:
    """End the links that somebody has made and could not make any more, of all posts or of one."""
    links = PreviewLink.objects.filter(~ENTITLED, maker_id=maker_id)
    (links.filter(post_id=post_id) if post_id else links).delete()


def preview_open(token: str, *, now: datetime) -> UUID:
    """The id of the post that the link is for, while its maker could still make it; raises Problem (404)."""
    found = PreviewLink.objects.filter(token_digest=_digest(token), expires_at__gt=now, post__author__suspended=False)
    post_id = found.filter(ENTITLED).values_list("post_id", flat=True).first()
    if post_id is None:
        raise PreviewNotFound
    return post_id


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
