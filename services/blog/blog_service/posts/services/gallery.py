"""The images of a post, written one at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from chassis.problems import FieldError, Problem, invalid_fields

from blog_service.media_refs.services import assets_ensure
from blog_service.posts.body_fields import MOST
from blog_service.posts.services.images import ImageFields
from blog_service.posts.services.writing import Actor, post_change


class ImageNotFound(Problem):
    """404: the post has no such image."""

    def __init__(self) -> None:
        super().__init__(404, "image_not_found", "There is no such image of this post.")


def image_add(post_id: UUID, image: ImageFields, *, actor: Actor, then: Callable[[], object]) -> None:
    """Put a picture after the others; ``then`` as in ``post_change``. Raises Problem (400)."""
    assets_ensure({image["media"]})

    def added(present: list[UUID]) -> list[ImageFields]:
        if len(present) >= MOST:
            raise invalid_fields([FieldError("", "max_length", f"A post has at most {MOST} images.")])
        return [*_kept(present), image]

    with _named_as_sent():
        post_change(post_id, {"images_edit": added}, actor=actor, then=then)


def image_change(post_id: UUID, image_id: UUID, image: ImageFields, *, actor: Actor) -> None:
    """Change the texts of an image. Raises Problem (404)."""

    def changed(present: list[UUID]) -> list[ImageFields]:
        _require(image_id, present)
        return [{**kept, **image} if kept["id"] == image_id else kept for kept in _kept(present)]

    post_change(post_id, {"images_edit": changed}, actor=actor)


def image_remove(post_id: UUID, image_id: UUID, *, actor: Actor) -> None:
    """Take an image out of a post; its picture stays in media. Raises Problem (404)."""

    def left(present: list[UUID]) -> list[ImageFields]:
        _require(image_id, present)
        return [kept for kept in _kept(present) if kept["id"] != image_id]

    post_change(post_id, {"images_edit": left}, actor=actor)


def _kept(present: list[UUID]) -> list[ImageFields]:
    return [{"id": image_id} for image_id in present]


def _require(image_id: UUID, present: list[UUID]) -> None:
    if image_id not in present:
        raise ImageNotFound


@contextmanager
def _named_as_sent() -> Iterator[None]:
    """What is wrong with the picture is said of ``media``, for it came alone."""
    try:
        yield
    except Problem as problem:
        errors = problem.errors or []
        problem.errors = [replace(error, pointer=error.pointer[error.pointer.rfind("/") :]) for error in errors] or None
        raise
