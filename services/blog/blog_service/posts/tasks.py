"""Jobs on posts: publishing what waited, for pictures or for its time, and what follows from changes."""

from datetime import datetime, timedelta

from celery import shared_task
from chassis.django.reconciliation import reconcile_pages
from django.utils import timezone

from blog_service.changes.models import PostChange
from blog_service.changes.services import changes_forget
from blog_service.media_refs.services import assets_refresh_stuck
from blog_service.posts.models import Post
from blog_service.posts.services.mirroring import changes_compare, gone_compare
from blog_service.posts.services.retagging import posts_follow_tags
from blog_service.posts.services.scheduling import overdue_measure, posts_publish_due
from blog_service.posts.services.settling import posts_settle
from blog_service.posts.visibility import PUBLIC

STUCK_AFTER = timedelta(seconds=60)
GONE_KEPT = timedelta(days=30)
"""For how long those who keep a copy of the posts hear of one that is gone."""
CHANGES_PAGE = 1000


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


@shared_task(name="changes_reconcile")
def changes_reconcile() -> None:
    """Compare a stretch of the public posts with what is noted of their changes, and the other way round."""
    reconcile_pages("changes", Post.objects.filter(PUBLIC), changes_compare, size=CHANGES_PAGE)
    reconcile_pages("changes_gone", PostChange.objects.filter(is_public=True), gone_compare, size=CHANGES_PAGE)


@shared_task(name="changes_forget")
def forget_changes(now: datetime | None = None) -> None:
    """Forget posts that have been gone for a month."""
    changes_forget(before=(now or timezone.now()) - GONE_KEPT)
