"""Taking a post from one state of its publication to the next."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from blog_service.posts.models import Post
from blog_service.posts.publication import TRANSITIONS, Action, State, Transition, Who, state_of
from blog_service.posts.services.images import images_pending


def publication_advance(post: Post, action: Action, now: datetime, *, media_ids: Collection[UUID]) -> None:
    """Take the step that the action is from where the post stands, if it is one; ``media_ids`` are its pictures."""
    source = state_of(post)
    rows = (row for row in TRANSITIONS if (row.source, row.action) == (source, action))
    if row := next((row for row in rows if _may_be_taken(row, post, media_ids)), None):
        _enter(post, row.target, now)


def _may_be_taken(row: Transition, post: Post, media_ids: Collection[UUID]) -> bool:
    if row.who is Who.PLATFORM and post.author.suspended:
        return False
    return not (row.needs_images and images_pending(post, media_ids))


def _enter(post: Post, state: State, now: datetime) -> None:
    post.publish_requested = state is State.WAITING
    post.status = state.status
    post.published_at = now if state is State.PUBLISHED else None
