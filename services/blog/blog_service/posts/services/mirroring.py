"""Comparing what was noted of changes with the posts: of older posts there is nothing, and something may be missed."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from blog_service.changes.models import PostChange
from blog_service.changes.services import change_note
from blog_service.posts.models import Post
from blog_service.posts.visibility import PUBLIC


def changes_compare(post_ids: Collection[UUID]) -> None:
    """Note each of these posts that is public, and not noted as it is."""
    posts = Post.objects.filter(PUBLIC, id__in=post_ids)
    noted = dict(PostChange.objects.filter(post_id__in=post_ids, is_public=True).values_list("post_id", "version"))
    for post_id, version in posts.order_by("published_at", "id").values_list("id", "version"):
        if noted.get(post_id) != version:
            _note_as_it_is(post_id)


def gone_compare(post_ids: Collection[UUID]) -> None:
    """Note of each of these, which are noted as public, if its post is not."""
    public = set(Post.objects.filter(PUBLIC, id__in=post_ids).values_list("id", flat=True))
    for post_id in set(post_ids) - public:
        _note_as_gone(post_id)


@transaction.atomic
def _note_as_gone(post_id: UUID) -> None:
    """Unless it has become public since: whoever publishes it waits, or has noted so already."""
    post = Post.objects.select_for_update().filter(id=post_id).first()
    change = PostChange.objects.select_for_update().filter(post_id=post_id, is_public=True).first()
    if change and not (post and post.published_at):
        change_note(post_id, is_public=False, version=change.version, now=timezone.now())


@transaction.atomic
def _note_as_it_is(post_id: UUID) -> None:
    for post in Post.objects.select_for_update().filter(PUBLIC, id=post_id):
        change_note(post.id, is_public=True, version=post.version, now=post.updated_at)
