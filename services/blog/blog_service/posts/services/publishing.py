"""Taking a post from one state of its publication to the next."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from blog_service.posts.models import Post
from blog_service.posts.publication import (
    GRANTED,
    STEPS,
    TRANSITIONS,
    Action,
    State,
    Transition,
    TransitionRefused,
    Who,
    state_of,
)
from blog_service.posts.services.images import images_pending


class Step(NamedTuple):
    """What is asked for; ``at`` is when a scheduled post is to be published."""

    action: Action
    at: datetime | None = None
    is_wish: bool = False
    """Whether it is no mistake to ask for what is so already."""


SETTLING = Step(Action.SETTLE)


def publication_advance(post: Post, step: Step, now: datetime, *, media_ids: Collection[UUID]) -> None:
    """Take the step from where the post stands; ``media_ids`` are its pictures. Raises Problem (409) if it is none."""
    source = state_of(post)
    if (source, step.action) not in STEPS:
        if step.action is Action.SETTLE or (step.is_wish and (source, step.action) in GRANTED):
            return
        raise TransitionRefused(source)
    rows = (row for row in TRANSITIONS if (row.source, row.action) == (source, step.action))
    if row := next((row for row in rows if _may_be_taken(row, post, media_ids)), None):
        _enter(post, row.target, now, at=step.at)


def _may_be_taken(row: Transition, post: Post, media_ids: Collection[UUID]) -> bool:
    if row.who is Who.PLATFORM and not post.author.may_publish:
        return False
    return not (row.needs_images and images_pending(post, media_ids))


def _enter(post: Post, state: State, now: datetime, *, at: datetime | None) -> None:
    post.publish_requested = state is State.WAITING
    post.status = state.status
    post.published_at = now if state is State.PUBLISHED else None
    post.scheduled_for = at if state is State.SCHEDULED else None
