"""Who may do what to one post; who may write at all is in ``contracts/access.yaml``."""

from collections.abc import Collection
from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims

from blog_service.authors.models import Author

EDITING_ROLES = frozenset({"editor", "admin"})


def is_editor(viewer: Claims) -> bool:
    return not viewer.roles.isdisjoint(EDITING_ROLES)


def may_edit(viewer: Claims | None, author_id: UUID, co_author_ids: Collection[UUID]) -> bool:
    """Whether the caller may see a draft and change the post: its author, its co-authors and every editor."""
    return viewer is not None and (viewer.sub in co_author_ids or may_dispose(viewer, author_id))


def require_may_edit(writer: Claims, author_id: UUID, co_author_ids: Collection[UUID], *, is_public: bool) -> None:
    """Raises Problem for who may not: 403 if the post is public, else 404."""
    if may_edit(writer, author_id, co_author_ids):
        return
    if is_public:
        raise Problem(403, "not_the_author", "Only its authors and editors may change a post.")
    raise PostNotFound


def require_may_dispose(writer: Claims, author_id: UUID) -> None:
    """Raises Problem (403) for who may not."""
    if not may_dispose(writer, author_id):
        raise Problem(403, "not_the_author", "Only who began a post and editors may do this.")


def require_may_publish(writer: Claims, author: Author) -> None:
    """Raises Problem (403) while the author of a post may not publish; editors still publish the posts of others."""
    if not author.may_publish and (writer.sub == author.id or not is_editor(writer)):
        raise Problem(403, "not_the_author", "While its author may not publish, only editors publish a post.")


def may_dispose(viewer: Claims, author_id: UUID) -> bool:
    """Whether the caller may delete the post and say who its co-authors are: its author and every editor."""
    return viewer.sub == author_id or is_editor(viewer)


class PostNotFound(Problem):
    """404: there is no such post, or the caller may not know of it."""

    def __init__(self) -> None:
        super().__init__(404, "post_not_found", "There is no such post.")
