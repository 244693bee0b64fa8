"""Published posts by the month (UTC) in which they were published."""

from dataclasses import dataclass
from datetime import UTC, datetime

from chassis.problems import Problem
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from blog_service.posts.models import Post
from blog_service.posts.visibility import PUBLIC

DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Month:
    """How many posts were published in a month."""

    year: int
    month: int
    count: int


def months() -> list[Month]:
    """Every month with posts, the latest first."""
    by_month = Post.objects.filter(PUBLIC).annotate(month=TruncMonth("published_at", tzinfo=UTC)).values("month")
    found = by_month.annotate(count=Count("id")).order_by("-month").values_list("month", "count")
    return [Month(first.year, first.month, count) for first, count in found]


def published_in(year: int, month: int | None) -> Q:
    """The posts that were published then; raises Problem (404) for what is no month."""
    try:
        first = datetime(year, 1 if month is None else month, 1, tzinfo=UTC)
        last_month = DECEMBER if month is None else month
        after = datetime(year + last_month // DECEMBER, last_month % DECEMBER + 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Problem(404, "month_not_found", "There is no such month.") from error
    return Q(published_at__gte=first, published_at__lt=after)
