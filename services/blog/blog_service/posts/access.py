"""Who may do what to one post; who may write at all is in ``contracts/access.yaml``."""

from collections.abc import Collection
from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims

EDITING_ROLES = frozenset({"editor", "admin"})


def is_editor(viewer: Claims) -> bool:
    return not viewer.roles.isdisjoint(EDITING_ROLES)


def may_edit(viewer: Claims | None, author_id: UUID, co_author_ids: Collection[UUID]) -> bool:
    """Whether the caller may see a draft and change the post: its author, its co-authors and every editor."""
    return viewer is not None and (viewer.sub in co_author_ids or may_dispose(viewer, author_id))


def may_dispose(viewer: Claims, author_id: UUID) -> bool:
    """Whether the caller may delete the post and say who its co-authors are: its author and every editor."""
    return viewer.sub == author_id or is_editor(viewer)


class PostNotFound(Problem):
    """404: there is no such post, or the caller may not know of it."""

    def __init__(self) -> None:
        super().__init__(404, "post_not_found", "There is no such post.")
