"""Bodies of v2 as they come in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from chassis.django.bodies import BoundedListField, OneOfField, ShortTextField, StrictBody, read
from chassis.problems import FieldError, Problem, invalid_fields
from rest_framework import serializers
from rest_framework.fields import empty

from blog_service.posts.body_fields import MOST, MOST_AUTHORS, MarkdownField
from blog_service.posts.models import Post
from blog_service.posts.publication import Action
from blog_service.posts.services.publishing import Step
from blog_service.posts.services.writing import PostFields

ACTIONS = {
    Post.Status.DRAFT: Action.UNPUBLISH,
    Post.Status.SCHEDULED: Action.SCHEDULE,
    Post.Status.PUBLISHED: Action.PUBLISH,
    Post.Status.ARCHIVED: Action.ARCHIVE,
}


class ImageV2Body(StrictBody):
    media_id = serializers.UUIDField()
    caption = ShortTextField(required=False, allow_blank=True, max_length=1000)
    alt = ShortTextField(required=False, allow_blank=True, max_length=1000)


class AuthorV2Body(StrictBody):
    id = serializers.UUIDField()


class PostV2Body(StrictBody):
    """A whole post, a draft. ``summary`` is by default how the body begins, ``slug`` is made of the title."""

    title = ShortTextField(max_length=200)
    body = MarkdownField()
    summary = ShortTextField(required=False, allow_blank=True, max_length=500)
    slug = serializers.RegexField(
        r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
        required=False,
        max_length=100,
        error_messages={"invalid": "Write it of a-z and 0-9, with single hyphens between."},
    )
    tags = BoundedListField(child=ShortTextField(max_length=50), max_length=MOST, required=False)
    images = ImageV2Body(many=True, max_length=MOST, required=False)  # type: ignore[call-arg]
    authors = AuthorV2Body(  # type: ignore[call-arg]
        many=True,
        max_length=MOST_AUTHORS,
        required=False,
        help_text="who began the post, then its co-authors: each of them is shown once they have accepted",
    )
    comments_open = serializers.BooleanField(required=False)


class PostV2ChangesBody(PostV2Body):
    """Any part of a post; what is absent stays."""

    title = ShortTextField(max_length=200, required=False)
    body = MarkdownField(required=False)


class MomentField(serializers.DateTimeField):
    """A time with its offset: without one nobody knows which of two hours is meant when the clocks go back."""

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise serializers.ValidationError(
                "Say the offset, as in 2026-11-23T10:00:00+01:00 or …Z.", "offset_missing"
            )
        try:
            moment: datetime = super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")
        return moment


class TransitionBody(StrictBody):
    to = OneOfField(Post.Status.choices)
    at = MomentField(required=False, help_text="with `scheduled` alone: when to publish")


def fields_read(body: type[PostV2Body], data: Any) -> PostFields:
    """The fields of a post that was sent; raises ValidationError."""
    sent = read(body, data)
    if "images" in sent:
        sent["images"] = [{"media": image.pop("media_id"), **image} for image in sent["images"]]
    if "authors" in sent:
        sent["authors"] = [author["id"] for author in sent["authors"]]
    return cast("PostFields", sent)


def step_read(data: Any, now: datetime) -> Step:
    """The step that was asked for; raises ValidationError, or Problem for a time that is missing, past or unwanted."""
    sent = read(TransitionBody, data)
    at = sent.get("at", empty)
    if (sent["to"] == Post.Status.SCHEDULED) != (at is not empty):
        if at is empty:
            raise invalid_fields([FieldError("/at", "required", "Say when to publish, as in 2026-11-23T10:00:00Z.")])
        raise invalid_fields([FieldError("/at", "unexpected", "Leave this out: a time belongs to `scheduled` alone.")])
    if at is not empty and at <= now:
        raise invalid_fields([FieldError("/at", "past", "This is not in the future.")])
    return Step(ACTIONS[sent["to"]], None if at is empty else at)


@contextmanager
def images_named_as_sent() -> Iterator[None]:
    """What is wrong with a picture is said of ``media_id``."""
    try:
        yield
    except Problem as problem:
        problem.errors = [
            replace(error, pointer=f"{error.pointer}_id") if error.pointer.endswith("/media") else error
            for error in problem.errors or ()
        ] or None
        raise
