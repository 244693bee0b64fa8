"""What is said about posts: comments where their post may be read, by those who may."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims, TokenRefused
from django.db import transaction
from django.db.models import Q, QuerySet

from blog_service.comments.access import CommentNotFound, CommentOwners, is_moderator
from blog_service.comments.models import Comment, Decision
from blog_service.comments.reviews import comment_decidable, comments_to_review, in_any
from blog_service.comments.selectors import OLDEST_FIRST, comment_place, comment_place_to_remove, comments_of
from blog_service.comments.services import (
    comment_create,
    comment_decide,
    comment_edit,
    comment_html,
    comment_remove,
    comment_report,
)
from blog_service.posts.access import PostNotFound
from blog_service.posts.selectors import post_find, post_held, post_is_by, post_takes_comments, posts_seen

T = TypeVar("T")


def discussion_add(wanted: Q, claims: Claims, *, body: str, parent_id: UUID | None, then: Callable[[UUID], T]) -> T:
    """A comment of the caller on the post that is ``wanted``; gives what ``then`` makes of its id before it commits.

    Raises Problem: 404 if they may not see the post, 409 if it takes no comments, 400 for what is said, 429.
    """
    comment_id, html = comment_html(body)
    with transaction.atomic():
        post_id = post_held(wanted, claims)
        if not post_takes_comments(post_id):
            raise Problem(409, "comments_closed", "The post takes no comments.")
        comment_create(claims, post_id, body=body, html=html, comment_id=comment_id, parent_id=parent_id)
        return then(comment_id)


def discussion_edit(comment_id: UUID, body: str, editor: Claims) -> None:
    """Give a comment of the caller other words; raises Problem: 404, 403 if it is another's, 400 for the words."""
    if _owners(comment_id, editor).author_id != editor.sub:
        raise Problem(403, "not_the_author", "Only its author may change a comment.")
    comment_edit(comment_id, body)


def discussion_remove(comment_id: UUID, remover: Claims) -> None:
    """Remove a comment, as its author, the post's or a moderator; raises Problem: 404, and 403 for everybody else."""
    post_id, owners = comment_place_to_remove(comment_id, remover)
    _require_post(post_id, remover)
    if not owners.may_remove(remover):
        raise Problem(403, "not_the_author", "Its author, the post's and moderators may remove a comment.")
    comment_remove(comment_id, actor=remover.sub, as_moderator=is_moderator(remover))


def discussion_decide(comment_id: UUID, verdict: Decision.Verdict, decider: Claims) -> None:
    """Approve of a comment, hold or reject it; raises Problem: 404, 403 for who may not, or not against a moderator."""
    post_id, owners = comment_decidable(comment_id, decider)
    _require_post(post_id, decider)
    if not owners.may_decide(decider):
        raise Problem(403, "not_the_author", "The post's author and moderators decide about a comment.")
    comment_decide(comment_id, verdict, actor=decider.sub, as_moderator=is_moderator(decider))


def discussions_of(wanted: Q, viewer: Claims | None, statuses: Sequence[str]) -> tuple[UUID, QuerySet[Comment]]:
    """A post and its comments, oldest first; in some statuses they are for those who decide about them.

    Raises Problem: 404 if the viewer may not see the post, 401 and 403 if they may not ask by status.
    """
    post_id = post_find(wanted, viewer)
    if not statuses:
        return post_id, comments_of(post_id, viewer)
    if viewer is None:
        raise TokenRefused("token_missing")
    if not is_moderator(viewer) and not post_is_by(post_id, viewer.sub):
        raise Problem(403, "not_the_author", "The post's author and moderators see comments by their status.")
    return post_id, Comment.objects.filter(in_any(statuses, viewer), post_id=post_id).order_by(*OLDEST_FIRST)


def discussions_to_review(wanted: Q | None, viewer: Claims, statuses: Sequence[str]) -> QuerySet[Comment]:
    """What the viewer may decide about, oldest first, under the posts they may read or the one that is ``wanted``.

    Raises Problem: 404 if they may not see that one, 400 for what can be asked of one post alone.
    """
    post_id = post_find(wanted, viewer) if wanted else None
    comments = comments_to_review(statuses, viewer, post_id).order_by(*OLDEST_FIRST)
    all_posts = is_moderator(viewer) and post_id is None  # else the post was found, or is theirs
    return comments.filter(post__in=posts_seen(viewer)) if all_posts else comments


def discussion_report(comment_id: UUID, reason: str, reporter: Claims) -> None:
    """Report a comment to the moderators; raises Problem: 404, 429 for one too many."""
    _owners(comment_id, reporter)
    comment_report(comment_id, reporter, reason)


def _owners(comment_id: UUID, viewer: Claims) -> CommentOwners:
    """Whose the comment is, if the viewer may read it and its post; raises Problem (404)."""
    post_id, owners = comment_place(comment_id, viewer)
    _require_post(post_id, viewer)
    return owners


def _require_post(post_id: UUID, viewer: Claims) -> None:
    """Raises Problem (404) for a comment on a post that the viewer may not read."""
    try:
        post_find(Q(id=post_id), viewer)
    except PostNotFound:
        raise CommentNotFound from None
