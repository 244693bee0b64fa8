"""Who may do what to one post; who may write at all is in ``contracts/access.yaml``."""

from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims

EDITING_ROLES = frozenset({"editor", "admin"})


def is_editor(viewer: Claims) -> bool:
    return not viewer.roles.isdisjoint(EDITING_ROLES)


def may_edit(viewer: Claims | None, author_id: UUID) -> bool:
    """Whether the caller may see this author's drafts and change their posts: the author and every editor."""
    return viewer is not None and (viewer.sub == author_id or is_editor(viewer))


class PostNotFound(Problem):
    """404: there is no such post, or the caller may not know of it."""

    def __init__(self) -> None:
        super().__init__(404, "post_not_found", "There is no such post.")
