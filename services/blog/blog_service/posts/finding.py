"""Posts by their words: which fit what was asked, the best of them first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from chassis.lists import CursorPage, Keyset, Parameter, Query
from chassis.tokens import Claims
from django.db.models import QuerySet

from blog_service.markdown.rendering import plain_text
from blog_service.posts.models import Post
from blog_service.posts.selectors import Columns, PostRow, rows_of
from blog_service.search.highlighting import highlighted, passage
from blog_service.search.selectors import scores_of, within_time
from blog_service.search.terms import Terms, terms_of

MOST_TERMS = 16
MOST_FOUND = 1000
"""Of more posts than these only the newest are ranked: to rank a million takes too long, and nobody reads them."""
BEST_FIRST: Keyset = {"-score": int, "-id": UUID}
Q = Parameter("q", description=f"words that a post has, all of them, at most {MOST_TERMS}")
OF_HIGHLIGHTS = ("title", "html")
MOST_LOOKED_AT = 200_000
"""Characters of a post's HTML in which a passage is looked for: to show hits shall not cost more than to find them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that fits, and how well."""

    score: int
    post_id: UUID


def terms_asked(query: Query) -> Terms | None:
    """What ``q`` looks for, None where it is not sent; raises Problem (400) for an empty one or too many words."""
    sent = query.given("q")
    if sent is None:
        return None
    terms = terms_of(sent)
    if not sent.strip():
        raise Q.invalid("Say at least one word.")
    if len(terms) > MOST_TERMS:
        raise Q.invalid(f"Say at most {MOST_TERMS} words.")
    return terms


def posts_found(posts: QuerySet[Post], terms: Terms) -> list[Hit]:
    """How well these posts fit the terms that they match, the best first, of equal ones the newest.

    Raises Problem (503) if that takes too long.
    """
    with within_time():
        ids = list(posts.order_by("-id").values_list("id", flat=True)[:MOST_FOUND])
        scores = scores_of(ids, terms) if ids else {}
    return sorted((Hit(scores[post_id], post_id) for post_id in ids), key=_rank, reverse=True)


def hits_on(page: CursorPage, hits: list[Hit]) -> tuple[Sequence[Hit], str | None]:
    """The hits that are on a page in the order of BEST_FIRST, and the cursor of the next one."""
    return page.split([hit for hit in hits if page.place is None or _rank(hit) < page.place], _rank)


def rows_in_order(
    posts: QuerySet[Post], post_ids: list[UUID], viewer: Claims | None, columns: Columns
) -> list[PostRow]:
    """The rows of those with these ids in this order; of those that went away meanwhile there is none.

    They are looked for once more, which raises Problem (503) if it takes too long.
    """
    with within_time():
        found = rows_of(posts.filter(id__in=post_ids), viewer, {*columns, *OF_HIGHLIGHTS})
    rows = {row["id"]: row for row in found}
    return [rows[post_id] for post_id in post_ids if post_id in rows]


def highlights_of(row: PostRow, terms: Terms) -> tuple[str, str]:
    """The title of a row of ``rows_in_order`` and a passage of its body, as HTML that marks what was looked for."""
    shown = cast("Mapping[str, str]", row)  # with the columns that were read for this
    return highlighted(shown["title"], terms), passage(plain_text(shown["html"][:MOST_LOOKED_AT]), terms)


def _rank(hit: Hit) -> tuple[int, UUID]:
    return hit.score, hit.post_id
