"""Whether the counts that are kept are what counting would give, and putting right those that are not.

Kept and counted are read in one statement, and whoever changes rows changes their count in the same transaction: so
what differs is wrong whatever goes on meanwhile, and by just as much afterwards. Hence it is put right by adding.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from blog_service.authors.models import Author
from blog_service.comments.models import Comment
from blog_service.counters.models import PostCounts, PublishedTally
from blog_service.favourites.models import Favourite
from blog_service.follows.models import Follow
from blog_service.posts.models import CoAuthorship, Post, PostTag
from blog_service.posts.visibility import PUBLIC
from blog_service.tags.models import Tag


@dataclass(frozen=True, slots=True)
class Wrong:
    """A count that is not what counting gives."""

    what: str
    of: str
    kept: int
    counted: int
    repaired: bool

    def __str__(self) -> str:
        return f"{self.what} {self.of}: kept {self.kept}, counted {self.counted}{', put right' * self.repaired}"


@dataclass(frozen=True, slots=True)
class _KeptCount:
    """A column that counts rows: ``add`` corrects it by a difference if it is still what was seen, and says whether."""

    what: str
    of: QuerySet[Any]
    kept: Any
    counted: Any
    add: Callable[[Any, int, int], bool]

    def wrong(self) -> Iterator[tuple[Any, int, int]]:
        rows = self.of.annotate(kept_count=self.kept, counted=self.counted).exclude(kept_count=F("counted"))
        yield from rows.order_by("pk").values_list("pk", "kept_count", "counted").iterator()


def wrong_counts(*, repair: bool) -> Iterator[Wrong]:
    """All that are wrong, put right if so wished; one that changes just then is left to the next time."""
    yield from _wrong_total(repair=repair)
    for count in _kept_counts():
        for key, kept, counted in count.wrong():
            yield Wrong(count.what, str(key), kept, counted, repair and count.add(key, kept, counted - kept))


def _kept_counts() -> tuple[_KeptCount, ...]:
    published = Post.objects.filter(PUBLIC)
    shared = CoAuthorship.objects.filter(post__published_at__isnull=False, accepted=True)
    tagged = PostTag.objects.filter(post__published_at__isnull=False)
    return (
        _column(Author, "posts_count", _number_of(published, "author_id") + _number_of(shared, "author_id")),
        _column(Author, "followers_count", _number_of(Follow.objects.all(), "author_id")),
        _column(Tag, "posts_count", _number_of(tagged, "tag_id")),
        _of_posts("favourites", _number_of(Favourite.objects.all(), "post_id")),
        _of_posts("comments", _number_of(Comment.objects.filter(state=Comment.State.VISIBLE), "post_id")),
    )


def _column(model: type[Model], column: str, counted: Any) -> _KeptCount:
    def add(key: Any, kept: int, difference: int) -> bool:
        seen = model._default_manager.filter(pk=key, **{column: kept})
        return bool(seen.update(**{column: F(column) + difference}))

    return _KeptCount(f"{model._meta.label_lower}.{column}", model._default_manager.all(), F(column), counted, add)


def _of_posts(column: str, counted: Any) -> _KeptCount:
    """Counts of posts; of one that has no row of them yet it is 0."""

    @transaction.atomic
    def add(key: Any, kept: int, difference: int) -> bool:
        PostCounts.objects.get_or_create(post_id=key)
        return _column(PostCounts, column, counted).add(key, kept, difference)

    kept = Coalesce(f"counts__{column}", Value(0))
    return _KeptCount(f"{PostCounts._meta.label_lower}.{column}", Post.objects.all(), kept, counted, add)


def _number_of(rows: QuerySet[Any], column: str) -> Coalesce:
    """How many of the rows have the outer row's key in this column."""
    of_one = rows.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Coalesce(Subquery(of_one.annotate(number=Count("pk")).values("number")), Value(0))


def _wrong_total(*, repair: bool) -> Iterator[Wrong]:
    """All published posts together, whose count is spread over slots."""
    PublishedTally.objects.get_or_create(slot=0, defaults={"posts": 0})
    number = Post.objects.filter(PUBLIC).order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk"))
    counted = Coalesce(Subquery(number.values("number")), Value(0))
    slots = list(PublishedTally.objects.annotate(counted=counted).order_by("slot").values_list("posts", "counted"))
    kept, total = sum(posts for posts, _ in slots), slots[0][1]
    if kept != total:
        add = _column(PublishedTally, "posts", counted).add
        repaired = repair and add(0, slots[0][0], total - kept)
        yield Wrong("counters.publishedtally", "all", kept, total, repaired)
