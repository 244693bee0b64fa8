"""Reads of what is searched: the one place that knows how either database is asked."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from math import prod
from time import monotonic
from uuid import UUID

from chassis.problems import Problem
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from django.db.models.expressions import RawSQL

from blog_service.search.models import Document
from blog_service.search.terms import Terms

SECONDS = 2
"""The longest that a search may take."""
SCALE = 1_000_000
"""The factor of scores, which are whole numbers: a cursor holds them."""
_LOOK_EVERY = 10_000
"""Steps of SQLite's machine between two looks at the clock."""

FEW = 10_000
"""Documents that PostgreSQL rather collects than comes across while it walks through the newest posts."""

_POSTGRESQL = "SELECT post_id FROM search_document WHERE words @@ %s::tsquery"
_POSTGRESQL_FEW = f"SELECT unnest(ARRAY({_POSTGRESQL}))"
_SQLITE = "SELECT post_id FROM search_document WHERE id IN (SELECT rowid FROM search_words WHERE search_words MATCH %s)"
_DOCUMENTS = "SELECT reltuples FROM pg_class WHERE oid = 'search_document'::regclass"
_COMMON = """
SELECT token, share
FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (token, share)
WHERE schemaname = current_schema AND tablename = 'search_document' AND attname = 'words' AND token = ANY(%s)
"""


def matching(terms: Terms) -> Q:
    """The rows, keyed by posts, that are found by all terms."""
    if not terms:
        return Q(pk__in=[])
    sql = _MATCHING[connection.vendor](terms)
    return Q(pk__in=RawSQL(sql, [_asked(terms)]))  # noqa: S611  what is asked is a parameter


def _on_postgresql(terms: Terms) -> str:
    return _POSTGRESQL if _estimated(terms) > FEW else _POSTGRESQL_FEW


def _estimated(terms: Terms) -> float:
    """How many documents have the terms, by PostgreSQL's statistics, which know the common words: others count as none.

    Left to itself PostgreSQL takes each token that they do not know for one on every two-hundredth post, adds up those
    of a word, which stand on the same posts, and looks through a million posts for the only one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COMMON, [sorted(frozenset[str]().union(*terms))])
        shares = dict(cursor.fetchall())
        if not all(term & shares.keys() for term in terms):
            return 0
        cursor.execute(_DOCUMENTS)
        (documents,) = cursor.fetchone()
    return float(documents * prod(max(shares.get(token, 0) for token in term) for term in terms))


def _on_sqlite(_terms: Terms) -> str:
    return _SQLITE


_MATCHING = {"postgresql": _on_postgresql, "sqlite": _on_sqlite}


def scores_of(post_ids: Sequence[UUID], terms: Terms) -> dict[UUID, int]:
    """How well these posts fit, which are all found by the terms; only to be compared with each other."""
    with connection.cursor() as cursor:
        _ASK_FOR_SCORES[connection.vendor](cursor, _asked(terms), post_ids)
        found = {UUID(str(post_id)): int(score * SCALE) for post_id, score in cursor.fetchall()}
    return {post_id: found.get(post_id, 0) for post_id in post_ids}


def _ask_postgresql(cursor: CursorWrapper, asked: str, post_ids: Sequence[UUID]) -> None:
    cursor.execute(
        "SELECT post_id, ts_rank(words, %s::tsquery, 1) FROM search_document WHERE post_id = ANY(%s)",
        [asked, list(post_ids)],
    )


def _ask_sqlite(cursor: CursorWrapper, asked: str, _post_ids: Sequence[UUID]) -> None:
    """Ask for the scores of all that are found: FTS5 knows scores within a search alone."""
    cursor.execute(
        "SELECT d.post_id, -bm25(search_words, 10, 4, 1) FROM search_words"
        " JOIN search_document d ON d.id = search_words.rowid WHERE search_words MATCH %s",
        [asked],
    )


_ASK_FOR_SCORES = {"postgresql": _ask_postgresql, "sqlite": _ask_sqlite}


def documents_written(post_ids: Collection[UUID], *, splitting: int) -> set[UUID]:
    """The ids of posts whose words are there, and of this version."""
    documents = Document.objects.filter(post_id__in=post_ids, splitting=splitting)
    return set(documents.values_list("post_id", flat=True))


@contextmanager
def within_time(seconds: float = SECONDS) -> Iterator[None]:
    """Statements of this block end when they have taken too long; raises Problem (503) then."""
    try:
        with _BOUNDS[connection.vendor](seconds):
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == "57014" or str(error) == "interrupted":
            raise Problem(
                503, "search_too_slow", "This search takes too long; ask for rarer words.", headers={"Retry-After": "5"}
            ) from error
        raise


def _asked(terms: Terms) -> str:
    """The terms in the language of the database. Tokens are letters and digits: none ends the quotes around it."""
    quote, either, both = ("'", " | ", " & ") if connection.vendor == "postgresql" else ('"', " OR ", " AND ")
    return both.join(f"({either.join(f'{quote}{token}{quote}' for token in sorted(term))})" for term in terms)


@contextmanager
def _bounded_on_postgresql(seconds: float) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
        yield
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


@contextmanager
def _bounded_on_sqlite(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    ends = monotonic() + seconds
    connection.connection.set_progress_handler(lambda: monotonic() > ends, _LOOK_EVERY)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 0)


_BOUNDS = {"postgresql": _bounded_on_postgresql, "sqlite": _bounded_on_sqlite}
