"""Reactions to what happens to posts and comments: webhooks are told."""

from dataclasses import replace
from uuid import UUID

from chassis.events.envelope import Event
from django.utils import timezone

from blog_service.posts.models import Post
from blog_service.webhooks.services.telling import webhooks_tell


def webhooks_tell_of_post(event: Event) -> None:
    webhooks_tell(event, author_id=UUID(event.data["author_id"]), now=timezone.now())


def webhooks_tell_of_comment(event: Event) -> None:
    """The author of the post hears of it, not that of the comment; and not which moderator decided."""
    author_id = Post.objects.filter(id=event.data["post_id"]).values_list("author_id", flat=True).first()
    if event.actor not in (event.data["author_id"], str(author_id)):
        event = replace(event, actor=None)
    webhooks_tell(event, author_id=author_id, now=timezone.now())
