"""What is said about posts: comments where their post may be read, by those who may."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims
from django.db import transaction
from django.db.models import Q

from blog_service.comments.access import CommentNotFound, CommentOwners
from blog_service.comments.selectors import comment_place
from blog_service.comments.services import (
    comment_create,
    comment_edit,
    comment_html,
    comment_remove,
    comment_report,
)
from blog_service.posts.access import PostNotFound
from blog_service.posts.selectors import post_find, post_held, post_takes_comments

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
    if not _owners(comment_id, remover).may_remove(remover):
        raise Problem(403, "not_the_author", "Its author, the post's and moderators may remove a comment.")
    comment_remove(comment_id, actor=remover.sub)


def discussion_report(comment_id: UUID, reason: str, reporter: Claims) -> None:
    """Report a comment to the moderators; raises Problem: 404, 429 for one too many."""
    _owners(comment_id, reporter)
    comment_report(comment_id, reporter, reason)


def _owners(comment_id: UUID, viewer: Claims) -> CommentOwners:
    """Whose the comment is, if the viewer may read it and its post; raises Problem (404)."""
    post_id, owners = comment_place(comment_id, viewer)
    try:
        post_find(Q(id=post_id), viewer)
    except PostNotFound:
        raise CommentNotFound from None
    return owners
