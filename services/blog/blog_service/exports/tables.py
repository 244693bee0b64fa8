"""What an archive tells of somebody's posts and of what they said and liked, by table.

A table whose rows erasure knows to be somebody's, and that is in neither list, fails a test: whoever adds one says here
what its owner is told.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from chassis.django.exports import AT_ONCE, Part, rows
from django.contrib.admin.models import LogEntry
from django.db.models import F

from blog_service.authors.models import Author
from blog_service.comments.models import Comment, Decision, Report
from blog_service.favourites.models import Favourite
from blog_service.follows.models import Follow
from blog_service.posts.models import CoAuthorship, Post, PostImage, PostRevision, PreviewLink
from blog_service.transfer.models import ImportedPost
from blog_service.webhooks.models import Delivery, Subscription, Webhook

_POST = (
    *("id", "slug", "title", "body", "summary", "tags", "co_authors", "status", "comments_open", "version"),
    *("published_at", "scheduled_for", "created_at", "updated_at"),
)
_REVISION = ("post_id", "number", "editor_id", "created_at", "title", "body", "summary", "tags")
_WEBHOOK = (
    *("id", "url", "active", "hears_all", "created_at"),
    *("failures", "failing_since", "disabled_because", "former_secret_until"),
)
_DELIVERY = (
    *("id", "webhook_id", "event_id", "type", "state", "created_at"),
    *("attempts", "status_code", "reason", "next_attempt_at"),
)
"""Without the body, in which others stand."""
_slug = F("post__slug")


def _changes_of_others_posts(user_id: UUID) -> Iterable[Mapping[str, Any]]:
    theirs = PostRevision.objects.filter(editor_id=user_id).exclude(post__author_id=user_id).order_by("id")
    changes: Iterable[Mapping[str, Any]] = theirs.values(*_REVISION).iterator(chunk_size=AT_ONCE)
    return changes


EXPORTED: Final = (
    Part(
        "authors_author",
        "author",
        rows(Author, "username", "bio", "avatar", "posts_count", "followers_count", owner="id"),
    ),
    Part("posts_post", "posts", rows(Post, *_POST, owner="author_id")),
    Part(
        "posts_coauthorship",
        "co_authored_posts",
        rows(CoAuthorship, "post_id", "accepted", owner="author_id", slug=_slug, title=F("post__title")),
    ),
    Part(
        "posts_postimage",
        "images",
        rows(PostImage, "id", "post_id", "asset_id", "caption", "alt", "position", owner="post__author_id"),
    ),
    Part("posts_postrevision", "revisions", rows(PostRevision, *_REVISION, owner="post__author_id")),
    Part("posts_postrevision", "changes_of_others_posts", _changes_of_others_posts),
    Part(
        "posts_previewlink",
        "preview_links",
        rows(PreviewLink, "id", "post_id", "created_at", "expires_at", owner="maker_id"),
    ),
    Part("transfer_importedpost", "imported_posts", rows(ImportedPost, "post_id", "source", "key", owner="author_id")),
    Part(
        "comments_comment",
        "comments",
        rows(
            Comment,
            *("id", "post_id", "parent_id", "body", "state", "created_at", "edited_at"),
            owner="author_id",
            slug=_slug,
        ),
    ),
    Part("comments_report", "reports", rows(Report, "comment_id", "reason", "created_at", owner="reporter_id")),
    Part(
        "comments_decision",
        "decisions_on_comments",
        rows(Decision, "comment_id", "verdict", "as_moderator", "decided_at", owner="decider_id"),
    ),
    Part("favourites_favourite", "favourites", rows(Favourite, "post_id", "created_at", slug=_slug)),
    Part(
        "follows_follow",
        "follows",
        rows(Follow, "author_id", "created_at", owner="follower_id", username=F("author__username")),
    ),
    Part("webhooks_webhook", "webhooks", rows(Webhook, *_WEBHOOK, owner="owner_id")),
    Part(
        "webhooks_subscription",
        "webhook_subscriptions",
        rows(Subscription, "webhook_id", "type", owner="webhook__owner_id"),
    ),
    Part("webhooks_delivery", "webhook_deliveries", rows(Delivery, *_DELIVERY, owner="webhook__owner_id")),
    Part(
        "django_admin_log",
        "admin_log",
        rows(
            LogEntry,
            *("action_time", "content_type__model", "object_id", "action_flag", "change_message"),
            owner="user__username",
        ),
    ),
)
"""By table, the file in the archive, and its rows. No secret, nor what stands for one, is in it."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "auth_user": "the id and the roles again, for the admin",
    "chassis_events_walk": "where a job is",
    "django_session": "secrets of browsers, of some hours",
    "home_feed_entry": "what others published",
    "idempotency_key": "answers again, for a day",
    "media_refs_asset": "media tells of pictures itself",
    "search_words": "words of the posts, and no table on PostgreSQL",
    "sent_pictures_sentpicture": "pictures on their way",
}
"""Tables of which their owner is told nothing, and why."""
