"""Jobs that keep home feeds complete and short."""

from celery import shared_task
from chassis.django.reconciliation import reconcile_pages

from blog_service.home_feed.models import HomeFeed
from blog_service.home_feed.services import home_feeds_trim, posts_spread_on

ROUNDS = 100
READERS = 100


@shared_task(name="home_feed_spread")
def home_feed_spread() -> None:
    """Give posts of authors with many followers to those who have not got them yet."""
    for _ in range(ROUNDS):
        if not posts_spread_on():
            return


@shared_task(name="home_feed_trim")
def home_feed_trim() -> None:
    """Shorten a stretch of all home feeds; in turn all of them."""
    reconcile_pages("home-feeds", HomeFeed.objects.all(), home_feeds_trim, size=READERS)
