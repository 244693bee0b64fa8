"""Writes of kept counts: how many posts are published, in all, by author and by tag, and what hangs on each."""

from uuid import UUID

from django.db import connection
from django.db.models import F

from blog_service.authors.models import Author
from blog_service.tags.models import Tag

SLOTS = 16
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


def counts_change(
    post_id: UUID, author_id: UUID, *, before: frozenset[int] | None, after: frozenset[int] | None
) -> None:
    """Count a post under the tags ``after`` instead of ``before``; None means it counts for nothing.

    Rows are locked in one order (tags by id, author, tally), so two writers cannot block each other for good.
    """
    old, new = before or frozenset(), after or frozenset()
    if len(changed := old ^ new) > 1:  # one row is locked by its update
        list(Tag.objects.filter(id__in=changed).order_by("id").select_for_update(no_key=True).values_list("id"))
    Tag.objects.filter(id__in=new - old).update(posts_count=F("posts_count") + 1)
    Tag.objects.filter(id__in=old - new).update(posts_count=F("posts_count") - 1)
    if step := (after is not None) - (before is not None):
        Author.objects.filter(id=author_id).update(posts_count=F("posts_count") + step)
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


def _changed(sql: str, parameters: list[str | int]) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row: tuple[int, ...] = cursor.fetchone()
    return row
