"""Writes of kept counts: how many posts are published, in all, by author and by tag, and what hangs on each."""

from typing import Any, NamedTuple
from uuid import UUID

from chassis.django.prepared import stored
from django.db import connection

SLOTS = 16
_COUNT = """
UPDATE {table} SET posts_count = posts_count + CASE WHEN id {among} THEN 1 ELSE -1 END
WHERE id IN (SELECT id FROM {table} WHERE id {among} ORDER BY id {locked})
"""
_SETS = {
    "postgresql": {"among": "= ANY(%s)", "locked": "FOR NO KEY UPDATE"},
    "sqlite": {"among": "IN (SELECT value FROM json_each(%s))", "locked": ""},
}
_ADD = """
INSERT INTO posts_publishedtally (slot, posts) VALUES (%s, %s)
ON CONFLICT (slot) DO UPDATE SET posts = posts_publishedtally.posts + excluded.posts
"""
_ADD_FAVOURITES = """
INSERT INTO counters_postcounts (post_id, favourites, favourites_sequence) VALUES (%s, %s, 1)
ON CONFLICT (post_id) DO UPDATE SET favourites = counters_postcounts.favourites + excluded.favourites,
    favourites_sequence = counters_postcounts.favourites_sequence + 1
RETURNING favourites, favourites_sequence
"""
_ADD_COMMENTS = """
INSERT INTO counters_postcounts (post_id, comments) VALUES (%s, %s)
ON CONFLICT (post_id) DO UPDATE SET comments = counters_postcounts.comments + excluded.comments RETURNING comments
"""
_ADD_FOLLOWERS = """
UPDATE authors_author SET followers_count = followers_count + %s, followers_sequence = followers_sequence + 1
WHERE id = %s RETURNING followers_count, followers_sequence
"""


class Counted(NamedTuple):
    """What a post counts for."""

    tag_ids: frozenset[int] = frozenset()
    author_ids: frozenset[UUID] = frozenset()


def counts_change(post_id: UUID, *, before: Counted | None, after: Counted | None) -> None:
    """Count a post for ``after`` instead of ``before``; None means it counts for nothing.

    Rows are locked in one order (tags by id, authors by id, tally), so two writers cannot block each other for good.
    """
    old, new = before or Counted(), after or Counted()
    _count_under("tags_tag", old.tag_ids, new.tag_ids)
    _count_under("authors_author", old.author_ids, new.author_ids)
    if step := (after is not None) - (before is not None):
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [post_id.int % SLOTS, step])


def favourites_change(post_id: UUID, step: int) -> tuple[int, int]:
    """Count favourites of a post; gives how many there are, and the place of this among the changes of the number."""
    count, sequence = _changed(_ADD_FAVOURITES, [post_id.hex, step])
    return count, sequence


def comments_change(post_id: UUID, step: int) -> int:
    """Count comments of a post; gives how many there are."""
    (count,) = _changed(_ADD_COMMENTS, [post_id.hex, step])
    return count


def followers_change(author_id: UUID, step: int) -> tuple[int, int]:
    """Count followers of an author; gives how many there are, and the place of this among the changes of the number."""
    count, sequence = _changed(_ADD_FOLLOWERS, [step, author_id.hex])
    return count, sequence


def _count_under(table: str, old: frozenset[Any], new: frozenset[Any]) -> None:
    if changed := old ^ new:
        with connection.cursor() as cursor:
            cursor.execute(
                _COUNT.format(table=table, **_SETS[connection.vendor]), [stored(list(new)), stored(list(changed))]
            )


def _changed(sql: str, parameters: list[str | int]) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row: tuple[int, ...] = cursor.fetchone()
    return row
