"""The Django apps of blog: their packages, by their labels.

They stand apart from the settings for ``migrate --wait``, which looks for their migrations and imports no more.
"""

from chassis.django.migrations import SHARED_APPS

APPS = {
    "posts": "blog_service.posts",
    "authors": "blog_service.authors",
    "tags": "blog_service.tags",
    "media_refs": "blog_service.media_refs",
    "counters": "blog_service.counters",
    "changes": "blog_service.changes",
    "comments": "blog_service.comments",
    "favourites": "blog_service.favourites",
    "follows": "blog_service.follows",
    "home_feed": "blog_service.home_feed",
    "search": "blog_service.search",
    "sent_pictures": "blog_service.sent_pictures",
    "webhooks": "blog_service.webhooks",
    "transfer": "blog_service.transfer",
    "pages": "blog_service.pages",
    "erased": "blog_service.erased",
    "erasure": "blog_service.erasure",
    "demo": "blog_service.demo",
    **SHARED_APPS,
    "chassis_idempotency": "chassis.django.idempotency",
    "staff": "blog_service.staff",
}
