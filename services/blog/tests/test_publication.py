"""The table of a post's publication: what it promises as a whole. What clients see of it is in test_posts.py."""

from collections import defaultdict

import pytest
from blog_service.posts.events import PostPublished
from blog_service.posts.models import Post
from blog_service.posts.publication import TRANSITIONS, Action, State, Who, event_between


def test_every_step_that_readers_see_has_one_event_and_no_other_has() -> None:
    events = defaultdict(set)
    for row in TRANSITIONS:
        events[row.source.status, row.target.status].add(row.event)
    assert all(len(found) == 1 for found in events.values())
    public = Post.Status.PUBLISHED
    assert all((None in found) == (public not in {before, after}) for (before, after), found in events.items())


def test_whoever_makes_a_post_public_its_images_are_good() -> None:
    public = [row for row in TRANSITIONS if row.target is State.PUBLISHED]
    assert public
    assert all(row.needs_images and row.event is PostPublished for row in public)


def test_the_platform_does_nothing_but_carry_out_what_was_asked_for() -> None:
    assert [(row.source, row.action) for row in TRANSITIONS if row.who is Who.PLATFORM] == [
        (State.WAITING, Action.SETTLE),
        (State.SCHEDULED, Action.BE_DUE),
        (State.SCHEDULED, Action.BE_DUE),
    ]


def test_every_state_can_be_reached_and_left() -> None:
    assert {row.target for row in TRANSITIONS} == {row.source for row in TRANSITIONS} == set(State)


AGREED = {  # shapes: the steps that a client may ask for
    "draft": {"scheduled", "published", "archived"},
    "scheduled": {"draft", "published"},
    "published": {"draft", "archived"},
    "archived": {"draft"},
}


def test_the_steps_are_those_that_were_agreed_on() -> None:
    steps = defaultdict(set)
    for row in TRANSITIONS:
        if row.who is Who.WRITER and row.target is not State.WAITING and row.source is not State.WAITING:
            steps[row.source.value].add(row.target.value)
    assert steps == AGREED


@pytest.mark.parametrize("status", Post.Status)
def test_a_status_that_stays_tells_nobody(status: Post.Status) -> None:
    assert event_between(status, status) is None
