"""Comments as those read them who decide about them: with their words, what was reported of them, and who decided."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from chassis.lists import Parameter
from chassis.tokens import Claims
from django.db.models import F, Q, QuerySet

from blog_service.comments.access import CommentNotFound, CommentOwners, is_moderator
from blog_service.comments.models import NOBODY, Comment, Decision, Report
from blog_service.comments.selectors import ALWAYS, HELD, REMOVED, VISIBLE, CommentRow, comment_place
from blog_service.follows.selectors import followed_by

SHOWN = 20
"""Reports of a comment whose reasons are shown, the newest; all are counted."""
UNSEEN = Q(comment__approved_at=None) | Q(created_at__gt=F("comment__approved_at"))
"""Reports that nobody has answered with an approval."""
_REPORTED = Q(id__in=Report.objects.filter(UNSEEN).values("comment_id"))
STATUSES = {
    "visible": Q(state=VISIBLE),
    "held": Q(state=HELD),
    "reported": Q(state__in=(VISIBLE, HELD)) & _REPORTED,
    "removed": Q(state=REMOVED) & ~Q(body=""),
}
WAITING = (STATUSES["held"], STATUSES["reported"])
STATUS = Parameter(
    "status",
    {"type": "string"},
    f"one or several of {', '.join(f'`{status}`' for status in STATUSES)}, with commas between",
)


def in_any(statuses: Sequence[Q]) -> Q:
    """What is in one of these statuses, each looked for by an index of its own."""
    first, *others = (Comment.objects.filter(status).order_by().values("id") for status in statuses)
    return Q(id__in=first.union(*others) if others else first)


def comments_to_review(statuses: Sequence[Q], viewer: Claims) -> QuerySet[Comment]:
    """What the viewer may decide about: a moderator about all, an author about what is said under their own posts."""
    theirs = Q() if is_moderator(viewer) else Q(post__author_id=viewer.sub)
    return Comment.objects.filter(in_any(statuses or WAITING), theirs)


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
    """These comments with their words, reports and decisions, in three queries however many they are."""
    comments = comments.annotate(author_followed=followed_by(viewer.sub, "author_id"))
    own = ALWAYS | (set(columns) - {"reports", "reports_count", "decisions"})
    rows: list[Any] = list(comments.values(*own))
    reports = _by_comment(Report.objects.filter(UNSEEN, comment__in=_ids(rows)), "reason", "created_at")
    decisions = _by_comment(
        Decision.objects.filter(comment__in=_ids(rows)), "verdict", "decider_id", "as_moderator", "decided_at"
    )
    for row in rows:
        said, decided = reports.get(row["id"], []), decisions.get(row["id"], [])
        row |= {"reports_count": len(said), "reports": said[-SHOWN:], "decisions": decided}
        for decision in decided:
            if decision["decider_id"] == NOBODY or (decision["as_moderator"] and not is_moderator(viewer)):
                decision["decider_id"] = None
    return rows


def review_row(comment_id: UUID, viewer: Claims, columns: Iterable[str]) -> CommentRow:
    """The same of a comment that the viewer has just decided about; raises Problem (404) if it is gone meanwhile."""
    for row in review_rows(Comment.objects.filter(id=comment_id), viewer, columns):
        return row
    raise CommentNotFound


def _ids(rows: Iterable[CommentRow]) -> list[UUID]:
    return [row["id"] for row in rows]


def _by_comment(of_comments: QuerySet[Any], *columns: str) -> dict[UUID, list[dict[str, Any]]]:
    """In their order, by the comment they are of."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in of_comments.order_by("id").values("comment_id", *columns):
        found.setdefault(row.pop("comment_id"), []).append(row)
    return found
