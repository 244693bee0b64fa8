"""Reactions to what happens to pictures."""

from uuid import UUID

from chassis.events.envelope import Event

from blog_service.media_refs.models import Asset
from blog_service.media_refs.services import asset_apply
from blog_service.posts.models import Post
from blog_service.posts.services.settling import posts_settle
from blog_service.posts.services.shown import shown_changed


def posts_settle_on_asset_ready(event: Event) -> None:
    _settle(event, Asset.Status.READY)


def posts_settle_on_asset_failed(event: Event) -> None:
    _settle(event, Asset.Status.FAILED)


def posts_settle_on_asset_removed(event: Event) -> None:
    _settle(event, Asset.Status.REMOVED)


def _settle(event: Event, status: Asset.Status) -> None:
    asset_id = UUID(event.data["asset_id"])
    posts = Post.objects.filter(images__asset_id=asset_id)
    list(posts.order_by("id").select_for_update(of=("self",)))  # posts before pictures, as writers lock them
    asset_apply(event.data, status=status, sequence=event.sequence)
    if posts.exists():
        shown_changed(asset_id)
    posts_settle(posts)
