"""What blog tells the other services, and what it listens to."""

from chassis.events.database import Handler
from chassis.events.types import EventData

from blog_service.accounts.handlers import (
    author_and_staff_change_on_role_changed,
    author_suspend_on_user_suspended,
    author_upsert_on_profile_updated,
    author_upsert_on_user_registered,
    posts_settle_on_user_reactivated,
    staff_log_out_on_credentials_changed,
)
from blog_service.comments.events import CommentCreated, CommentDeleted, CommentUpdated
from blog_service.erasure.events import ErasureDone
from blog_service.erasure.handlers import user_erase_on_erasure_execute, user_forget_on_erasure_completed
from blog_service.favourites.events import FavouriteChanged
from blog_service.follows.events import FollowChanged
from blog_service.posts.events import (
    MediaRefsChanged,
    PostCreated,
    PostDeleted,
    PostPublished,
    PostSlugChanged,
    PostUnpublished,
    PostUpdated,
    ShownChanged,
)
from blog_service.posts.handlers import (
    posts_settle_on_asset_failed,
    posts_settle_on_asset_ready,
    posts_settle_on_asset_removed,
)
from blog_service.webhooks.events import WebhookDisabled
from blog_service.webhooks.handlers import webhooks_tell_of_comment, webhooks_tell_of_post

PUBLISHES: tuple[type[EventData], ...] = (
    PostCreated,
    PostUpdated,
    PostDeleted,
    PostPublished,
    PostUnpublished,
    PostSlugChanged,
    MediaRefsChanged,
    ShownChanged,
    FavouriteChanged,
    FollowChanged,
    CommentCreated,
    CommentUpdated,
    CommentDeleted,
    ErasureDone,
    WebhookDisabled,
)

HANDLERS: dict[str, Handler] = {
    "blog.post.created.v1": webhooks_tell_of_post,
    "blog.post.updated.v1": webhooks_tell_of_post,
    "blog.post.deleted.v1": webhooks_tell_of_post,
    "blog.post.published.v1": webhooks_tell_of_post,
    "blog.post.unpublished.v1": webhooks_tell_of_post,
    "blog.post.slug_changed.v1": webhooks_tell_of_post,
    "blog.comment.created.v1": webhooks_tell_of_comment,
    "blog.comment.updated.v1": webhooks_tell_of_comment,
    "blog.comment.deleted.v1": webhooks_tell_of_comment,
    "auth.user.registered.v1": author_upsert_on_user_registered,
    "auth.profile.updated.v1": author_upsert_on_profile_updated,
    "auth.user.credentials_changed.v1": staff_log_out_on_credentials_changed,
    "auth.user.suspended.v1": author_suspend_on_user_suspended,
    "auth.user.reactivated.v1": posts_settle_on_user_reactivated,
    "auth.role.changed.v1": author_and_staff_change_on_role_changed,
    "auth.erasure.execute.v1": user_erase_on_erasure_execute,
    "auth.erasure.completed.v1": user_forget_on_erasure_completed,
    "media.asset.ready.v1": posts_settle_on_asset_ready,
    "media.asset.failed.v1": posts_settle_on_asset_failed,
    "media.asset.removed.v1": posts_settle_on_asset_removed,
}
