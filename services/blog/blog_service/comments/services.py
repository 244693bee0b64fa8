"""Writes to comments, each with its count and its event. The post is held first, as by whoever deletes it."""

from datetime import datetime
from uuid import UUID

from chassis.events.databases.django import publish
from chassis.metrics import gauge
from chassis.problems import FieldError, Problem, invalid_fields
from chassis.tokens import Claims
from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone
from uuid_utils.compat import uuid7

from blog_service.authors.services import author_ensure, author_hold
from blog_service.comments.access import CommentNotFound
from blog_service.comments.events import CommentCreated, CommentDeleted, CommentState, CommentUpdated
from blog_service.comments.limits import require_may_comment, require_may_report
from blog_service.comments.models import Comment, Decision, Report
from blog_service.counters.services import comments_change
from blog_service.markdown.budget import Budget, TooComplex
from blog_service.markdown.rendering import render
from blog_service.markdown.sanitising import PREFIX
from blog_service.settings import settings

BUDGET = Budget(tokens=5_000, depth=30, output=256 * 1024, seconds=1)
AT_ONCE = 100
"""Comments that are erased in one transaction, each with its event."""
_NOBODY = UUID(int=0)
Verdict = Decision.Verdict
VISIBLE, HELD, REMOVED = Comment.State.VISIBLE, Comment.State.HELD, Comment.State.REMOVED


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
        comment.body = comment.html = ""
        _become(comment, REMOVED, actor)
    else:
        comment_reject(comment_id, actor=actor, as_moderator=as_moderator)


@transaction.atomic
def comment_reject(comment_id: UUID, *, actor: UUID, as_moderator: bool) -> None:
    """Remove a comment, and keep its words: it can be approved yet. Raises Problem (404) if they are gone."""
    comment = _held_with_words(comment_id)
    _note(comment, Verdict.REJECTED, actor, as_moderator=as_moderator)
    _become(comment, REMOVED, actor)


@transaction.atomic
def comment_report(comment_id: UUID, reporter: Claims, reason: str) -> None:
    """Report a comment, once each; enough reports hold it. Raises Problem: 404 if it is gone, 429 for one too many."""
    comment, now, reporter_id = _held(comment_id), timezone.now(), author_ensure(reporter).id
    if Report.objects.filter(comment=comment, reporter_id=reporter_id).exists():
        return
    author_hold(reporter_id)
    require_may_report(reporter_id, now)
    Report.objects.create(comment=comment, reporter_id=reporter_id, reason=reason, created_at=now)
    unseen = Report.objects.filter(comment=comment)
    if comment.approved_at:
        unseen = unseen.filter(created_at__gt=comment.approved_at)
    if comment.state == VISIBLE and unseen.count() >= settings().comment_reports_to_hold:
        _become(comment, HELD, None)


@transaction.atomic
def comment_hold(comment_id: UUID, *, actor: UUID, as_moderator: bool = True) -> None:
    """Let nobody but those whom it concerns read a comment, until somebody approves of it or removes it.

    Raises Problem (404) if its words are gone.
    """
    comment = _held_with_words(comment_id)
    _note(comment, Verdict.HELD, actor, as_moderator=as_moderator)
    _become(comment, HELD, actor)


@transaction.atomic
def comment_approve(comment_id: UUID, *, actor: UUID, as_moderator: bool = True) -> None:
    """Let everyone read a comment; what was reported so far holds it no more.

    Raises Problem: 404 if its words are gone, 403 if a moderator must do this, see ``_require_free``.
    """
    comment = _held_with_words(comment_id)
    if not as_moderator:
        _require_free(comment, actor)
    comment.approved_at = timezone.now()
    _note(comment, Verdict.APPROVED, actor, as_moderator=as_moderator)
    _become(comment, VISIBLE, actor)


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
    return Decision.objects.filter(decider_id=user_id).update(decider_id=_NOBODY)


def reports_erase(user_id: UUID) -> int:
    """Forget what a user reported, and give how much."""
    return Report.objects.filter(reporter_id=user_id).delete()[0]


def comments_remove_all(author_id: UUID, *, actor: UUID) -> int:
    """Remove all that an author said; gives how many comments it was."""
    said = Comment.objects.filter(author_id=author_id).exclude(state=REMOVED).order_by("id")
    for comment_id in (found := list(said.values_list("id", flat=True))):
        comment_remove(comment_id, actor=actor)
    return len(found)


def _erase(comment_id: UUID) -> None:
    comment = _held(comment_id)
    comment.body = comment.html = ""
    comment.author = None
    _become(comment, REMOVED, None)


def _held(comment_id: UUID) -> Comment:
    """The comment, which nobody else changes until the transaction ends; raises Problem (404) if it is gone."""
    comments = Comment.objects.filter(id=comment_id)
    list(comments.select_related("post").only("post__id").select_for_update(of=("post",), no_key=True))
    comment = comments.select_for_update(no_key=True).first()
    if comment is None:
        raise CommentNotFound
    return comment


def _held_with_words(comment_id: UUID) -> Comment:
    comment = _held(comment_id)
    if not comment.body:
        raise CommentNotFound
    return comment


def _require_free(comment: Comment, post_author_id: UUID) -> None:
    """Raises Problem (403) where a post's author would decide about their own words, or against a moderator."""
    latest = comment.decisions.filter(as_moderator=True).order_by("-id").first()
    if comment.author_id == post_author_id or (latest and latest.verdict != Verdict.APPROVED):
        raise Problem(
            403, "moderator_needed", "It is your own, or a moderator has decided: only moderators approve it."
        )


def _note(comment: Comment, verdict: Decision.Verdict, actor: UUID, *, as_moderator: bool) -> None:
    """Keep who decided; it commits with what was decided."""
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
