"""Who may do what to one comment; who may comment at all is in ``contracts/access.yaml``."""

from typing import NamedTuple
from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims

MODERATING_ROLES = frozenset({"moderator", "admin"})


def is_moderator(viewer: Claims) -> bool:
    return not viewer.roles.isdisjoint(MODERATING_ROLES)


class CommentOwners(NamedTuple):
    """Whose a comment is, and whose the post is that it stands under."""

    author_id: UUID | None
    post_author_id: UUID

    def may_decide(self, viewer: Claims | None) -> bool:
        """Whether the viewer may say whether others read the comment."""
        return viewer is not None and (viewer.sub == self.post_author_id or is_moderator(viewer))

    def may_remove(self, viewer: Claims | None) -> bool:
        """Whether the viewer may see the comment while it is held, and remove it."""
        return viewer is not None and (viewer.sub in self or is_moderator(viewer))


class CommentNotFound(Problem):
    """404: there is no such comment, or the caller may not know of it."""

    def __init__(self) -> None:
        super().__init__(404, "comment_not_found", "There is no such comment.")
