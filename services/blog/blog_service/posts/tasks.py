"""Jobs that publish what waited: for pictures where an event is late, and for its time."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from blog_service.media_refs.services import assets_refresh_stuck
from blog_service.posts.models import Post
from blog_service.posts.services.retagging import posts_follow_tags
from blog_service.posts.services.scheduling import overdue_measure, posts_publish_due
from blog_service.posts.services.settling import posts_settle

STUCK_AFTER = timedelta(seconds=60)


@shared_task(name="media_refs_refresh_stuck")
def media_refs_refresh_stuck(now: datetime | None = None) -> None:
    """Ask media about pictures that have been unsettled for a minute, and publish what need not wait any more."""
    assets_refresh_stuck(before=(now or timezone.now()) - STUCK_AFTER)
    posts_settle(Post.objects.all())


@shared_task(name="posts_publish_due")
def publish_due(now: datetime | None = None) -> None:
    """Publish what was scheduled for a time that has come, and measure what is left over."""
    now = now or timezone.now()
    posts_publish_due(now)
    overdue_measure(now)


@shared_task(name="posts_follow_tags")
def follow_tags() -> None:
    """Let posts follow where staff renamed or merged tags."""
    posts_follow_tags()
