"""Who may do what to a post."""

from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims

WRITING_ROLES = frozenset({"author", "editor", "admin"})
EDITING_ROLES = frozenset({"editor", "admin"})


def may_write(viewer: Claims) -> bool:
    """Whether the caller may have posts of their own."""
    return not viewer.roles.isdisjoint(WRITING_ROLES)


def may_edit(viewer: Claims | None, author_id: UUID) -> bool:
    """Whether the caller may see this author's drafts and change their posts: the author and every editor."""
    return viewer is not None and (viewer.sub == author_id or not viewer.roles.isdisjoint(EDITING_ROLES))


class PostNotFound(Problem):
    """404: there is no such post, or the caller may not know of it."""

    def __init__(self) -> None:
        super().__init__(404, "post_not_found", "There is no such post.")
