"""Writes to comments, each with its count and its event. The post is held first, as by whoever deletes it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.events.databases.django import publish
from chassis.metrics import gauge
from chassis.problems import FieldError, Problem, invalid_fields
from chassis.tokens import Claims
from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from uuid_utils.compat import uuid7

from blog_service.authors.services import author_ensure, author_hold
from blog_service.comments.access import CommentNotFound
from blog_service.comments.events import CommentCreated, CommentDeleted, CommentState, CommentUpdated
from blog_service.comments.limits import require_may_comment, require_may_report
from blog_service.comments.models import NOBODY, Comment, Decision, Report
from blog_service.counters.services import comments_change
from blog_service.markdown.budget import Budget, TooComplex
from blog_service.markdown.rendering import render
from blog_service.markdown.sanitising import PREFIX
from blog_service.settings import settings

BUDGET = Budget(tokens=5_000, depth=30, output=256 * 1024, seconds=1)
AT_ONCE = 100
"""Comments that are erased in one transaction, each with its event."""
Verdict = Decision.Verdict
VISIBLE, HELD, REMOVED = Comment.State.VISIBLE, Comment.State.HELD, Comment.State.REMOVED
LEADS_TO: Final[Mapping[str, str]] = {Verdict.APPROVED: VISIBLE, Verdict.HELD: HELD, Verdict.REJECTED: REMOVED}
"""The state that a verdict brings a comment into."""


def comment_create(  # noqa: PLR0913  all of a comment is in one place
    claims: Claims, post_id: UUID, *, body: str, html: str, comment_id: UUID, parent_id: UUID | None
) -> None:
    """A new comment of the caller on a post that their transaction holds, or a reply to one of its comments.

    ``html`` is the body as ``comment_html`` gives it. Raises Problem: 400 for a parent that cannot be, 429 for one
    comment too many.
    """
    now = timezone.now()
    author = author_ensure(claims)
    author_hold(author.id)  # of two comments at once the second sees the first
    require_may_comment(author.id, now)
    if parent_id:
        _require_parent(parent_id, post_id)
    comment = Comment(id=comment_id, post_id=post_id, parent_id=parent_id, author=author, body=body, html=html)
    comment.created_at = now
    comment.save(force_insert=True)
    _tell(CommentCreated, comment, comments_change(post_id, 1), actor=author.id)


def comment_html(body: str) -> tuple[UUID, str]:
    """The id of a new comment and its HTML, whose ids are no other text's; raises Problem (400)."""
    comment_id = uuid7()
    return comment_id, _html(comment_id, body)


def comment_edit(comment_id: UUID, body: str, now: datetime | None = None) -> None:
    """Give a comment other words. Raises Problem: 404 if it is gone, 400 for a body that is too complex."""
    html = _html(comment_id, body)
    with transaction.atomic():
        comment = _held(comment_id)
        if comment.state == REMOVED:
            raise CommentNotFound
        if comment.body == body:
            return
        comment.body, comment.html, comment.edited_at = body, html, now or timezone.now()
        _save(comment)
        if comment.state == VISIBLE:
            _tell(CommentUpdated, comment, comments_change(comment.post_id, 0), actor=comment.author_id)


@transaction.atomic
def comment_remove(comment_id: UUID, *, actor: UUID, as_moderator: bool = True) -> None:
    """Remove a comment; its words go at once if its author says so, else it is rejected.

    Raises Problem (404) if it is gone.
    """
    comment = _held(comment_id)
    if comment.author_id == actor:
        _empty(comment)
        _become(comment, REMOVED, actor)
    else:
        comment_decide(comment_id, Verdict.REJECTED, actor=actor, as_moderator=as_moderator)


@transaction.atomic
def comment_report(comment_id: UUID, reporter: Claims, reason: str) -> None:
    """Report a comment, once each until it is approved; enough reports hold it.

    Raises Problem: 404 if it is gone, 429 for one too many.
    """
    comment, now, reporter_id = _held(comment_id), timezone.now(), author_ensure(reporter).id
    if _unsettled(comment).filter(reporter_id=reporter_id).exists():
        return
    author_hold(reporter_id)
    require_may_report(reporter_id, now)
    said = {"reason": reason, "created_at": now}
    Report.objects.update_or_create(comment=comment, reporter_id=reporter_id, defaults=said)
    if comment.reported_at is None:
        comment.reported_at = now
        comment.save(update_fields=["reported_at"])
    if comment.state == VISIBLE and _is_held_by_reports(comment):
        _become(comment, HELD, None)


@transaction.atomic
def comment_decide(comment_id: UUID, verdict: Decision.Verdict, *, actor: UUID, as_moderator: bool = True) -> None:
    """Approve of a comment, hold it, or reject it, which keeps its words: it can be approved yet.

    What was reported before an approval holds it no more, and is answered if a moderator approves. Raises Problem: 404
    if its words are gone, 403 if another moderator must approve, see ``_require_free``.
    """
    comment = _held(comment_id)
    if not comment.body:
        raise CommentNotFound
    _note_unknown(comment)
    if verdict == Verdict.APPROVED:
        _require_free(comment, actor, as_moderator=as_moderator)
    _note(comment, verdict, actor, as_moderator=as_moderator)
    if verdict == Verdict.APPROVED and as_moderator:
        comment.approved_at = timezone.now()
    elif verdict == Verdict.APPROVED:
        comment.allowed_at = timezone.now()
    if as_moderator:
        waiting = _unseen(comment).order_by("created_at").values_list("created_at", flat=True)
        comment.reported_at = waiting.first() if verdict == Verdict.HELD else None
    _become(comment, LEADS_TO[verdict], actor)


def held_measure(now: datetime) -> None:
    """Show how many comments wait for a moderator, and how old the oldest of them is."""
    held = Comment.objects.filter(state=HELD).aggregate(number=Count("id"), oldest=Min("created_at"))
    gauge("comments_held").set(held["number"])
    gauge("comments_held_oldest_seconds").set((now - held["oldest"]).total_seconds() if held["oldest"] else 0)


def comments_erase(user_id: UUID) -> int:
    """Forget some of what a user said, and give how many comments; 0 when nothing is left.

    The words go, and the author's name. What remains is nobody's, a place for the replies of others.
    """
    said = Comment.objects.filter(author_id=user_id).order_by("post_id", "id").values_list("id", flat=True)
    for comment_id in (found := list(said[:AT_ONCE])):
        _erase(comment_id)
    return len(found)


def decisions_erase(user_id: UUID) -> int:
    """Let what a user decided stand, as decided by nobody; gives how much."""
    return Decision.objects.filter(decider_id=user_id).update(decider_id=NOBODY)


def reports_erase(user_id: UUID) -> int:
    """Forget what a user reported, and give how much."""
    return Report.objects.filter(reporter_id=user_id).delete()[0]


def comments_remove_all(author_id: UUID, *, actor: UUID) -> int:
    """Remove all that an author said; gives how many comments it was."""
    said = Comment.objects.filter(author_id=author_id).exclude(state=REMOVED).order_by("id")
    for comment_id in (found := list(said.values_list("id", flat=True))):
        with suppress(CommentNotFound):  # gone meanwhile
            comment_remove(comment_id, actor=actor)
    return len(found)


def _erase(comment_id: UUID) -> None:
    comment = _held(comment_id)
    _empty(comment)
    comment.author = None
    _become(comment, REMOVED, None)


def _empty(comment: Comment) -> None:
    comment.body = comment.html = ""
    comment.reported_at = None


def _held(comment_id: UUID) -> Comment:
    """The comment, which nobody else changes until the transaction ends; raises Problem (404) if it is gone."""
    comments = Comment.objects.filter(id=comment_id)
    list(comments.select_related("post").only("post__id").select_for_update(of=("post",), no_key=True))
    comment = comments.select_for_update(no_key=True).first()
    if comment is None:
        raise CommentNotFound
    return comment


def _unseen(comment: Comment) -> QuerySet[Report]:
    """What was reported since a moderator approved of it."""
    return _reported_since(comment, comment.approved_at)


def _unsettled(comment: Comment) -> QuerySet[Report]:
    """What was reported since anybody approved of it, which may hold it."""
    return _reported_since(comment, max(filter(None, (comment.approved_at, comment.allowed_at)), default=None))


def _reported_since(comment: Comment, moment: datetime | None) -> QuerySet[Report]:
    reports = Report.objects.filter(comment=comment)
    return reports.filter(created_at__gt=moment) if moment else reports


def _is_held_by_reports(comment: Comment) -> bool:
    return _unsettled(comment).count() >= settings().comment_reports_to_hold


def _note_unknown(comment: Comment) -> None:
    """Keep that somebody unknown has decided, where neither a decision nor reports account for the state.

    The release before kept no decisions, and let moderators alone decide.
    """
    latest = comment.decisions.order_by("-id").first()
    if comment.state == VISIBLE or (latest and LEADS_TO[latest.verdict] == comment.state):
        return
    if comment.state == REMOVED or not _is_held_by_reports(comment):
        verdict = next(each for each, state in LEADS_TO.items() if state == comment.state)
        Decision.objects.create(comment=comment, verdict=verdict, decider_id=NOBODY, as_moderator=True)


def _require_free(comment: Comment, approver: UUID, *, as_moderator: bool) -> None:
    """Raises Problem (403) for whom the comment is not theirs to approve.

    Words of their own that are reported, or that others have held or rejected; for a post's author, all that a
    moderator has held or rejected.
    """
    decisions = comment.decisions.all()
    approval = decisions.filter(verdict=Verdict.APPROVED).order_by("-id").values_list("id", flat=True).first()
    since = decisions.filter(id__gt=approval or 0)
    if comment.author_id == approver:
        is_free = not since.exclude(decider_id=approver).exists() and not _unseen(comment).exists()
    else:
        is_free = as_moderator or not since.filter(as_moderator=True).exists()
    if not is_free:
        detail = "It is your own, or a moderator has decided: only another moderator approves it."
        raise Problem(403, "moderator_needed", detail)


def _note(comment: Comment, verdict: Decision.Verdict, actor: UUID, *, as_moderator: bool) -> None:
    """Keep who decided, once however often they say so; it commits with what was decided."""
    latest = comment.decisions.order_by("-id").values_list("verdict", "decider_id", "as_moderator").first()
    is_known = latest == (verdict, actor, as_moderator) and comment.state == LEADS_TO[verdict]
    answered = _unseen(comment) if as_moderator else _unsettled(comment)
    if not is_known or (verdict == Verdict.APPROVED and answered.exists()):
        Decision.objects.create(comment=comment, verdict=verdict, decider_id=actor, as_moderator=as_moderator)


def _become(comment: Comment, state: str, actor: UUID | None) -> None:
    """Take a comment into a state, and save what else was changed of it."""
    before, comment.state = comment.state, state
    _save(comment)
    step = (state == VISIBLE) - (before == VISIBLE)
    if step:
        happened = CommentCreated if step > 0 else CommentDeleted
        _tell(happened, comment, comments_change(comment.post_id, step), actor=actor)


def _save(comment: Comment) -> None:
    comment.version += 1
    comment.save()


def _tell(happened: type[CommentState], comment: Comment, count: int, *, actor: UUID | None) -> None:
    told = happened(
        comment_id=comment.id,
        post_id=comment.post_id,
        parent_id=comment.parent_id,
        author_id=comment.author_id,
        comments_count=count,
    )
    publish(told, sequence=comment.version, actor=actor)


def _html(comment_id: UUID, body: str) -> str:
    try:
        return render(body, BUDGET, prefix=f"{PREFIX}{comment_id.hex[-12:]}-")
    except TooComplex as error:
        raise invalid_fields([FieldError("/body", "too_complex", str(error))]) from error


def _require_parent(parent_id: UUID, post_id: UUID) -> None:
    parent = Comment.objects.filter(id=parent_id, post_id=post_id, state=VISIBLE).first()
    if parent is None:
        raise invalid_fields([FieldError("/parent", "unknown", "There is no such comment on this post.")])
    if parent.parent_id:
        raise invalid_fields([FieldError("/parent", "nested", "This is a reply itself: reply to what it replies to.")])
