"""Comments as those read them who decide about them: with their words, what was reported of them, and who decided."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from chassis.lists import Parameter
from chassis.tokens import Claims
from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Coalesce, Greatest, RowNumber

from blog_service.comments.access import CommentNotFound, CommentOwners, is_moderator
from blog_service.comments.models import NOBODY, Comment, Decision, Report
from blog_service.comments.selectors import ALWAYS, HELD, REMOVED, VISIBLE, CommentRow, comment_place
from blog_service.follows.selectors import followed_by

SHOWN = 20
"""Reports of a comment, and decisions about it, that are shown: the newest. All reports are counted."""
WAITING = ("held", "reported")
"""Statuses that an index finds, whichever post a comment is on."""
STATUSES = {status: status for status in ("visible", *WAITING, "removed")}
_EVER = Value(datetime(1970, 1, 1, tzinfo=UTC), DateTimeField())
STATUS = Parameter(
    "status",
    {"type": "string"},
    f"one or several of {', '.join(f'`{status}`' for status in STATUSES)}, with commas between; "
    "moderators name a post for `visible` and `removed`",
)


def in_any(statuses: Sequence[str], viewer: Claims) -> Q:
    """What is in one of these statuses; where reports are answered, it is reported no more."""
    unanswered = Report.objects.filter(comment_id=OuterRef("id"), created_at__gt=_answered(viewer, OuterRef))
    conditions = {
        "visible": Q(state=VISIBLE),
        "held": Q(state=HELD),
        "reported": Q(state__in=(VISIBLE, HELD)) & Q(Exists(unanswered)),
        "removed": Q(state=REMOVED) & ~Q(body=""),
    }
    return reduce(or_, (conditions[status] for status in statuses))


def comments_to_review(statuses: Sequence[str], viewer: Claims, post_id: UUID | None) -> QuerySet[Comment]:
    """What the viewer may decide about, of one post or of all: a moderator any, an author what is said under theirs.

    Raises Problem (400) for a moderator who asks all posts for more than what waits: no index finds it.
    """
    statuses = statuses or WAITING
    comments = Comment.objects.filter(post_id=post_id) if post_id else Comment.objects.all()
    if not is_moderator(viewer):
        return comments.filter(in_any(statuses, viewer), post__author_id=viewer.sub)
    if post_id:
        return comments.filter(in_any(statuses, viewer))
    if not set(statuses) <= set(WAITING):
        raise STATUS.invalid("name a post to see what is visible or removed.")
    indexed = {"held": Q(state=HELD), "reported": Q(reported_at__isnull=False)}
    return comments.filter(reduce(or_, (indexed[each] & in_any([each], viewer) for each in statuses)))


def _answered(viewer: Claims, column: Callable[[str], Any]) -> Coalesce | Greatest:
    """Until when reports of a comment are answered: to moderators by a moderator, to an author by either."""
    by_moderator, by_author = (Coalesce(column(name), _EVER) for name in ("approved_at", "allowed_at"))
    return by_moderator if is_moderator(viewer) else Greatest(by_moderator, by_author)


def comment_decidable(comment_id: UUID, viewer: Claims) -> tuple[UUID, CommentOwners]:
    """The post of a comment, and whose both are; raises Problem (404) for one that the viewer may not know of.

    Those who may decide about it know of a removed one too. Whether they may read the post is to be asked as well.
    """
    comments = Comment.objects.filter(id=comment_id)
    for post_id, *people in comments.values_list("post_id", "author_id", "post__author_id"):
        if CommentOwners(*people).may_decide(viewer):
            return post_id, CommentOwners(*people)
        return comment_place(comment_id, viewer)
    raise CommentNotFound


def review_rows(comments: QuerySet[Comment], viewer: Claims, columns: Iterable[str]) -> list[CommentRow]:
    """The comments with their words, reports and decisions, in three queries however many they are."""
    comments = comments.annotate(author_followed=followed_by(viewer.sub, "author_id"))
    own = ALWAYS | (set(columns) - {"reports", "reports_count", "decisions"})
    rows: list[Any] = list(comments.values(*own))
    ids = [row["id"] for row in rows]
    unanswered = Report.objects.filter(
        created_at__gt=_answered(viewer, lambda name: F(f"comment__{name}")), comment__in=ids
    )
    reports = _newest(unanswered, "created_at", "reason", "created_at")
    decisions = _newest(
        Decision.objects.filter(comment__in=ids), "decided_at", "verdict", "decider_id", "as_moderator", "decided_at"
    )
    for row in rows:
        count, said = reports.get(row["id"], (0, []))
        _, decided = decisions.get(row["id"], (0, []))
        is_about_viewer = row["author_id"] == viewer.sub and not is_moderator(viewer)
        row |= {"reports_count": count, "reports": [] if is_about_viewer else said, "decisions": decided}
        for decision in decided:
            if decision["decider_id"] == NOBODY or (decision["as_moderator"] and not is_moderator(viewer)):
                decision["decider_id"] = None
    return rows


def review_row(comment_id: UUID, viewer: Claims, columns: Iterable[str]) -> CommentRow:
    """The row of a comment that the viewer has just decided about; raises Problem (404) if it is gone meanwhile."""
    for row in review_rows(Comment.objects.filter(id=comment_id), viewer, columns):
        return row
    raise CommentNotFound


def _newest(of_comments: QuerySet[Any], moment: str, *columns: str) -> dict[UUID, tuple[int, list[dict[str, Any]]]]:
    """By the comment they are of: how many there are, and the newest, oldest first."""
    newest_first = [F(moment).desc(), F("id").desc()]
    places = of_comments.annotate(
        place=Window(RowNumber(), partition_by="comment_id", order_by=newest_first),
        number=Window(Count("id"), partition_by="comment_id"),
    )
    found: dict[UUID, tuple[int, list[dict[str, Any]]]] = {}
    shown = places.filter(place__lte=SHOWN).order_by(moment, "id")
    for row in shown.values("comment_id", "number", *columns):
        comment_id, number = row.pop("comment_id"), row.pop("number")
        found.setdefault(comment_id, (number, []))[1].append(row)
    return found
