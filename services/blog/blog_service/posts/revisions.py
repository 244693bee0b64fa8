"""Reads of what a post said before."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.lists import Keyset
from chassis.problems import Problem
from django.db.models import OuterRef, QuerySet, Subquery

from blog_service.authors.models import Author
from blog_service.posts.models import Post, PostRevision

NEWEST_FIRST: Keyset = {"-number": int}
RevisionRow = Mapping[str, Any]


def revisions_of(post_id: UUID) -> QuerySet[PostRevision]:
    """The revisions that are kept of a post. One that was never changed has none: it is its own first."""
    username = Author.objects.filter(id=OuterRef("editor_id")).values("username")[:1]
    return PostRevision.objects.filter(post_id=post_id).annotate(username=Subquery(username))


def first_of(post_id: UUID) -> RevisionRow:
    """The one revision of a post that was never changed."""
    names = ("title", "body", "summary", "tags", "created_at", "author_id", "author__username")
    row = Post.objects.values(*names).get(id=post_id)
    return {**row, "number": 1, "editor_id": row["author_id"], "username": row["author__username"]}


def revision_get(post_id: UUID, number: int) -> RevisionRow:
    """The revision; raises Problem (404) for one that never was or is kept no more."""
    found = revisions_of(post_id).filter(number=number).values().first()
    if found is None and number == 1 and not revisions_of(post_id).exists():
        return first_of(post_id)
    if found is None:
        raise Problem(404, "revision_not_found", "There is no such revision of this post.")
    return found
