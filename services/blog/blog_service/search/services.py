"""Writes to what is searched."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from blog_service.bulk import rows_copy
from blog_service.search.models import Document
from blog_service.search.terms import languages_in, tokens_of
from blog_service.search.words import words_in

SPLITTING = 1
"""The version of words.py, languages.py and terms.py together: count it up when they find other tokens."""
MOST_BYTES = 500_000
"""The most of different tokens of a text: PostgreSQL keeps a megabyte, positions included. More is not found."""
MOST_TIMES = 20
"""A token counts in one part of a text."""
REMEMBERED = 10_000
"""Parts of texts that are loaded together."""
Weighted = Callable[[str, tuple[str, ...], int], str]


class Texts(NamedTuple):
    """The parts of a post as plain text, those that count most first."""

    title: str
    lead: str
    body: str


def document_write(post_id: UUID, texts: Texts) -> None:
    """Let a post be found by these texts, and no more by those before."""
    with connection.cursor() as cursor:
        _WRITERS[connection.vendor](cursor, post_id, parts_of(texts))


def documents_load(documents: Iterable[tuple[UUID, list[Sequence[str]]]]) -> None:
    """Let very many posts be found that are new, each by the tokens of its parts, many of which are alike."""
    if connection.vendor == "postgresql":
        weighted = lru_cache(REMEMBERED)(_weighted)
        vectors = ((post_id, SPLITTING, vector_of(parts, weighted)) for post_id, parts in documents)
        rows_copy(Document._meta.db_table, ("post_id", "splitting", "words"), vectors)
        return
    with connection.cursor() as cursor:
        for post_id, parts in documents:
            _write_to_sqlite(cursor, post_id, parts)


def document_forget(post_id: UUID) -> None:
    """Let a post be found no more."""
    Document.objects.filter(post_id=post_id).delete()


def parts_of(texts: Texts) -> list[list[str]]:
    """The tokens of each part, as many as any database takes."""
    words = [list(words_in(text)) for text in texts]
    languages = languages_in([word for part in words for word in part])
    seen: set[str] = set()
    bytes_left = MOST_BYTES
    parts = []
    for part in words:
        times: dict[str, int] = {}
        kept = []
        for token in tokens_of(part, languages):
            if token not in seen:
                bytes_left -= len(token.encode())
                seen.add(token)
            if bytes_left < 0:
                break
            times[token] = count = times.get(token, 0) + 1
            if count <= MOST_TIMES:
                kept.append(token)
        parts.append(kept)
    return parts


def _weighted(weight: str, tokens: tuple[str, ...], first: int) -> str:
    """A part of a vector, whose positions begin at ``first``."""
    return " ".join([f"'{token}':{position}{weight}" for position, token in enumerate(tokens, first)])


def vector_of(parts: Iterable[Sequence[str]], weighted: Weighted = _weighted) -> str:
    """The tokens of each part as PostgreSQL writes them in a vector: no parser of its own sees a word."""
    vectors, position = [], 1
    for weight, part in zip("ABD", parts, strict=True):
        vectors.append(weighted(weight, tuple(part), position))
        position += len(part)
    return " ".join(vectors)


def _write_to_postgresql(cursor: CursorWrapper, post_id: UUID, parts: Iterable[Sequence[str]]) -> None:
    cursor.execute(
        "INSERT INTO search_document (post_id, splitting, words) VALUES (%s, %s, %s::tsvector)"
        " ON CONFLICT (post_id) DO UPDATE SET splitting = excluded.splitting, words = excluded.words",
        [post_id, SPLITTING, vector_of(parts)],
    )


def _write_to_sqlite(cursor: CursorWrapper, post_id: UUID, parts: Iterable[Sequence[str]]) -> None:
    cursor.execute(
        "INSERT INTO search_document (post_id, splitting) VALUES (%s, %s)"
        " ON CONFLICT (post_id) DO UPDATE SET splitting = excluded.splitting RETURNING id",
        [post_id.hex, SPLITTING],
    )
    (document_id,) = cursor.fetchone()
    cursor.execute(
        "INSERT OR REPLACE INTO search_words (rowid, title, lead, body) VALUES (%s, %s, %s, %s)",
        [document_id, *map(" ".join, parts)],
    )


_WRITERS = {"postgresql": _write_to_postgresql, "sqlite": _write_to_sqlite}
