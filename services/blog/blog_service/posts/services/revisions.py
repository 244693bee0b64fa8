"""Keeping what a post said, whenever its words change."""

from uuid import UUID

from django.db.models import QuerySet

from blog_service.posts.models import Post, PostRevision
from blog_service.posts.services.changes import PostContent

MOST = 100
"""Revisions that are kept of one post, the newest."""


def revisions_keep(post: Post, before: PostContent, after: PostContent, *, actor: UUID) -> None:
    """Keep what the post says from its present version on, and with the first change also what it said at first."""
    kept = PostRevision.objects.filter(post_id=post.id)
    rows = [_row(post, post.version, after, actor)]
    if not kept.exists():
        rows.insert(0, _row(post, 1, before, post.author_id))
        rows[0].created_at = post.created_at
    PostRevision.objects.bulk_create(rows)
    _forget_oldest(kept)


def _row(post: Post, number: int, content: PostContent, editor_id: UUID) -> PostRevision:
    said = {"title": content.title, "body": content.body, "summary": content.summary, "tags": list(content.tags)}
    return PostRevision(post=post, number=number, editor_id=editor_id, created_at=post.updated_at, **said)


def _forget_oldest(kept: "QuerySet[PostRevision]") -> None:
    for number in kept.order_by("-number").values_list("number", flat=True)[MOST : MOST + 1]:
        kept.filter(number__lte=number).delete()
