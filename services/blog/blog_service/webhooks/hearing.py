"""What webhooks can be told of."""

from blog_service.comments.events import CommentCreated, CommentDeleted, CommentUpdated
from blog_service.posts.events import (
    PostCreated,
    PostDeleted,
    PostPublished,
    PostSlugChanged,
    PostUnpublished,
    PostUpdated,
)

HEARD = tuple(
    heard.event_type.name
    for heard in (
        PostCreated,
        PostUpdated,
        PostDeleted,
        PostPublished,
        PostUnpublished,
        PostSlugChanged,
        CommentCreated,
        CommentUpdated,
        CommentDeleted,
    )
)
PING = "blog.webhook.ping.v1"
"""Sent to try a webhook; nobody subscribes to it."""
