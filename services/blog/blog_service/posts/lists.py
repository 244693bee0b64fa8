"""Lists of posts: what narrows them, how many they are, and in which order they come."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from chassis.lists import Keyset, Parameter, Place, Query
from chassis.tokens import Claims, TokenRefused
from django.db.models import F, QuerySet
from django.db.models import Q as Where

from blog_service.authors.models import Author
from blog_service.authors.services import AuthUnavailable, author_named
from blog_service.counters.selectors import published_total
from blog_service.posts.co_authors import by, naming
from blog_service.posts.finding import Q, terms_asked
from blog_service.posts.models import Post
from blog_service.posts.selectors import PostRow
from blog_service.posts.visibility import PUBLIC
from blog_service.search.selectors import matching, within_time
from blog_service.search.terms import Terms
from blog_service.tags.selectors import tag_get

_MOMENT = {"type": "string", "format": "date-time"}
FILTERS = (
    Parameter("author", description="a username, also one that its author had until lately"),
    Parameter("tag"),
    Parameter("published_at__gte", _MOMENT),
    Parameter("published_at__lte", _MOMENT),
    Q,
)
NEWEST = "-published_at"
NEWEST_FIRST: Keyset = {NEWEST: datetime.fromisoformat, "-id": UUID}
ORDERINGS = {
    sign + name: (sign + name, f"{sign}id")
    for name in ("published_at", "created_at", "updated_at", "title")
    for sign in ("-", "")
}
MINE = Parameter("mine", {"type": "boolean"}, "the caller's own and those they are a co-author of, in every state")
NAMED = Parameter(
    "named", {"type": "boolean"}, "posts of others that name the caller as an author, which they have not accepted yet"
)
STATUSES = {status.value: Where(status=status) for status in Post.Status} | {"waiting": Where(publish_requested=True)}
STATUS = Parameter(
    "status",
    {"type": "string"},
    f"of the caller's posts, one or several of {', '.join(f'`{status}`' for status in STATUSES)}, with commas between;"
    " `waiting` are the drafts that are published when their images are confirmed",
)
OWN_NEWEST_FIRST: Keyset = {"-created_at": datetime.fromisoformat, "-id": UUID}
BY_PAGE = (
    MINE,
    STATUS,
    Parameter("ordering", {"type": "string", "enum": sorted(ORDERINGS)}),
)
DRAFTS_FIRST = (F("published_at").desc(nulls_first=True), "-id")


def place_of(row: PostRow) -> Place:
    """Where a published post stands in NEWEST_FIRST."""
    assert row["published_at"]
    return row["published_at"], row["id"]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Posts that pass some filters; ``kept`` has the kept count of each filter, None where none is kept.

    ``terms`` are what is looked for in them, None where nothing is.
    """

    posts: QuerySet[Post]
    kept: tuple[int | None, ...]
    terms: Terms | None = None

    def in_time(self) -> AbstractContextManager[None]:
        """Within which they are read: what somebody looks for must not take too long."""
        return nullcontext() if self.terms is None else within_time()

    def count(self) -> int:
        """How many they are, counted only where no kept number says it."""
        match self.kept:
            case ():
                return published_total()
            case (int(count),):
                return count
        return self.posts.count()


def posts_published(query: Query) -> Narrowed:
    """What everyone may read; raises Problem (400) for a status, which tells those of one's own posts apart."""
    if query.given("status") is not None:
        raise STATUS.invalid("Say this of posts of your own: with mine.")
    return _narrow(Narrowed(Post.objects.filter(PUBLIC), ()), query)


def posts_mine(query: Query, viewer: Claims | None) -> Narrowed:
    """The caller's own posts in every state, and those they co-author; raises TokenRefused (401) if nobody calls."""
    return _narrow(Narrowed(Post.objects.filter(by(_somebody(viewer)), _in_any_status(query)), (None,)), query)


def posts_named(query: Query, viewer: Claims | None) -> Narrowed:
    """The posts in every state that the caller is named on and has not accepted; raises TokenRefused (401)."""
    return _narrow(Narrowed(Post.objects.filter(naming(_somebody(viewer)), _in_any_status(query)), (None,)), query)


def posts_in_order(query: Query, viewer: Claims | None) -> Narrowed:
    """The posts a query of v1 asks for."""
    mine = query.flag("mine")
    order = query.choice("ordering", ORDERINGS, NEWEST)
    found = posts_mine(query, viewer) if mine else posts_published(query)
    return replace(found, posts=found.posts.order_by(*(DRAFTS_FIRST if mine and order[0] == NEWEST else order)))


def _in_any_status(query: Query) -> Where:
    """What is asked for, of the posts of one author, to which their index leads; all where nothing is."""
    return reduce(or_, query.choices("status", STATUSES), Where())


def _somebody(viewer: Claims | None) -> UUID:
    if viewer is None:
        raise TokenRefused("token_missing")
    return viewer.sub


def _author(username: str) -> Author | None:
    """Whose name it is; nobody's as well where auth would have to be asked and is away: a list is empty then."""
    try:
        return author_named(username)
    except AuthUnavailable:
        return None


def _narrow(found: Narrowed, query: Query) -> Narrowed:
    posts, kept = found.posts, list(found.kept)
    if username := query.text("author"):
        author = _author(username)
        posts = posts.filter(by(author.id)) if author else posts.none()
        kept.append(author.posts_count if author else 0)
    if name := query.text("tag"):
        tag = tag_get(name)
        posts = posts.filter(post_tags__tag_id=tag.id) if tag else posts.none()
        kept.append(tag.posts_count if tag else 0)
    for bound in ("published_at__gte", "published_at__lte"):
        if moment := query.moment(bound):
            posts = posts.filter(**{bound: moment})
            kept.append(None)
    terms = terms_asked(query)
    if terms is not None:
        posts = posts.filter(matching(terms))
        kept.append(None)
    return Narrowed(posts, tuple(kept), terms)
