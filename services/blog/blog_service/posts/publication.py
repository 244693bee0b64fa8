"""The steps of a post from draft to public and out of sight again, as a table: a new state or step is a row."""

from enum import Enum, StrEnum, auto
from typing import NamedTuple

from chassis.problems import Problem

from blog_service.posts.events import PostPublished, PostState, PostUnpublished
from blog_service.posts.models import Post


class State(StrEnum):
    """Where a post stands. One that waits is a draft to its readers: it publishes itself when its images are good."""

    DRAFT = "draft"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    ARCHIVED = "archived"

    @property
    def status(self) -> Post.Status:
        """What the database and the answers call it."""
        return Post.Status.DRAFT if self is State.WAITING else Post.Status(self)


class Action(Enum):
    PUBLISH = auto()
    UNPUBLISH = auto()
    """Make it a draft again, whatever it is."""
    SCHEDULE = auto()
    ARCHIVE = auto()
    SETTLE = auto()
    """Look again whether what a post waits for has come."""
    BE_DUE = auto()
    """The time that a post was scheduled for has come."""


class Who(Enum):
    WRITER = auto()
    """The author and editors, who have asked for it; ``access.py`` says who they are."""
    PLATFORM = auto()
    """Blog by itself, as the author wished earlier: not for one who is suspended by now."""


class Transition(NamedTuple):
    source: State
    action: Action
    target: State
    event: type[PostState] | None
    who: Who
    needs_images: bool = False
    """Only while none of the post's images is pending; else the next row that fits counts."""


# A pair of state and action that is not here is no step.
TRANSITIONS = (
    Transition(State.DRAFT, Action.PUBLISH, State.PUBLISHED, PostPublished, Who.WRITER, needs_images=True),
    Transition(State.DRAFT, Action.PUBLISH, State.WAITING, None, Who.WRITER),
    Transition(State.DRAFT, Action.SCHEDULE, State.SCHEDULED, None, Who.WRITER),
    Transition(State.DRAFT, Action.ARCHIVE, State.ARCHIVED, None, Who.WRITER),
    Transition(State.WAITING, Action.PUBLISH, State.PUBLISHED, PostPublished, Who.WRITER, needs_images=True),
    Transition(State.WAITING, Action.PUBLISH, State.WAITING, None, Who.WRITER),
    Transition(State.WAITING, Action.SETTLE, State.PUBLISHED, PostPublished, Who.PLATFORM, needs_images=True),
    Transition(State.WAITING, Action.UNPUBLISH, State.DRAFT, None, Who.WRITER),
    Transition(State.WAITING, Action.SCHEDULE, State.SCHEDULED, None, Who.WRITER),
    Transition(State.WAITING, Action.ARCHIVE, State.ARCHIVED, None, Who.WRITER),
    Transition(State.SCHEDULED, Action.PUBLISH, State.PUBLISHED, PostPublished, Who.WRITER, needs_images=True),
    Transition(State.SCHEDULED, Action.PUBLISH, State.WAITING, None, Who.WRITER),
    Transition(State.SCHEDULED, Action.BE_DUE, State.PUBLISHED, PostPublished, Who.PLATFORM, needs_images=True),
    Transition(State.SCHEDULED, Action.BE_DUE, State.WAITING, None, Who.PLATFORM),
    Transition(State.SCHEDULED, Action.UNPUBLISH, State.DRAFT, None, Who.WRITER),
    Transition(State.PUBLISHED, Action.UNPUBLISH, State.DRAFT, PostUnpublished, Who.WRITER),
    Transition(State.PUBLISHED, Action.ARCHIVE, State.ARCHIVED, PostUnpublished, Who.WRITER),
    Transition(State.ARCHIVED, Action.UNPUBLISH, State.DRAFT, None, Who.WRITER),
)
STEPS = frozenset((row.source, row.action) for row in TRANSITIONS)
PUBLISHING = frozenset({Action.PUBLISH, Action.SCHEDULE})
GRANTED = frozenset({(State.PUBLISHED, Action.PUBLISH), (State.DRAFT, Action.UNPUBLISH)})
"""What version 1 may ask for again: it is so already."""

_EVENTS: dict[tuple[str, str], type[PostState] | None] = {
    (row.source.status, row.target.status): row.event for row in TRANSITIONS
}


class TransitionRefused(Problem):
    """409: there is no such step from where the post stands."""

    def __init__(self, source: State) -> None:
        super().__init__(409, "transition_refused", f"The post is {source}; this step does not begin there.")


def state_of(post: Post) -> State:
    return State.WAITING if post.publish_requested else State(post.status)


def event_between(before: str, after: str) -> type[PostState] | None:
    """What tells of a step between two statuses; None where readers see nothing of it."""
    return _EVENTS.get((before, after))
