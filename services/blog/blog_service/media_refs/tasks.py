"""Jobs that keep the read copy of pictures true where an event is late."""

from datetime import datetime, timedelta

from celery import shared_task
from chassis.django.reconciliation import reconcile_pages
from django.utils import timezone

from blog_service.media_refs.models import Asset
from blog_service.media_refs.services import assets_compare, assets_pull
from blog_service.posts.models import Post
from blog_service.posts.services import posts_settle

STUCK_AFTER = timedelta(seconds=60)
AT_ONCE = 50
PAGE = 200  # what media takes in one question


@shared_task(name="media_refs_refresh_stuck")
def media_refs_refresh_stuck(now: datetime | None = None) -> None:
    """Ask media about pictures that have been unsettled for a minute, and publish what need not wait any more."""
    before = (now or timezone.now()) - STUCK_AFTER
    stuck = Asset.objects.filter(status=Asset.Status.PROCESSING, checked_at__lt=before)
    if ids := set(stuck.order_by("checked_at").values_list("id", flat=True)[:AT_ONCE]):
        assets_pull(ids)
    posts_settle(Post.objects.all())


@shared_task(name="media_refs_reconcile")
def media_refs_reconcile() -> None:
    """Compare a stretch of the read copy with media; in turn all of it is compared, whatever events were missed."""
    reconcile_pages("media_refs", Asset.objects.all(), lambda ids: assets_compare(set(ids)), size=PAGE)
