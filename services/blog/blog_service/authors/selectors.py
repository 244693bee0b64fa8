"""Reads of authors."""

from uuid import UUID

from chassis.django.prepared import prepared
from django.db.models import QuerySet

from blog_service.authors.models import Author


@prepared
def author_known(author_id: UUID) -> QuerySet[Author]:
    """The author with this id, if there is one."""
    return Author.objects.filter(id=author_id)


def author_get(username: str) -> Author | None:
    """The author of this name without regard to case; of two that swapped names, who was heard of last."""
    return Author.objects.filter(username__lower=username.lower()).order_by("-sequence", "-id").first()
