"""Reads of kept counts; those of an author and of a tag are columns of theirs, those of a post are its ``counts``."""

from django.db import connection


def published_total() -> int:
    """The number of published posts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(SUM(posts), 0) FROM posts_publishedtally")
        return int(cursor.fetchone()[0])


def count_shown(kept: int | None) -> int:
    """A count as it is shown; there is no row where nothing was ever counted."""
    return kept or 0
