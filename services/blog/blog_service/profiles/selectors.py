"""Reads of authors as their pages show them."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims

from blog_service.authors.models import Author
from blog_service.authors.selectors import author_get
from blog_service.authors.services import author_find
from blog_service.follows.selectors import followed_by


class AuthorNotFound(Problem):
    """404: there is no such author, or auth has suspended them."""

    def __init__(self) -> None:
        super().__init__(404, "author_not_found", "There is no such author.")


def profile_get(author_id: UUID, viewer: Claims | None, columns: Iterable[str]) -> Mapping[str, Any]:
    """An author, and whether the viewer follows them; raises Problem (404)."""
    authors = Author.objects.annotate(following=followed_by(viewer.sub if viewer else None))
    rows: Iterable[Mapping[str, Any]] = authors.filter(id=author_id).values(*columns)
    for row in rows:
        return row
    raise AuthorNotFound


def author_called(username: str) -> Author:
    """Whose name this is or was, asked of auth if need be; raises Problem: 404, and 503 if auth does not answer."""
    author = author_find(username)
    if author is None:
        raise AuthorNotFound
    return author


def known_author_id_of(username: str) -> UUID:
    """Whose name this is, suspended or not, as far as blog has heard; raises Problem (404)."""
    author = author_get(username)
    if author is None:
        raise AuthorNotFound
    return author.id


def author_id_known(author_id: UUID, *, also_suspended: bool = False) -> UUID:
    """The id, if it is one of an author; raises Problem (404)."""
    authors = Author.objects.filter(id=author_id)
    if not (authors if also_suspended else authors.filter(suspended=False)).exists():
        raise AuthorNotFound
    return author_id
