"""The jobs of blog, and when they run."""

import os

from chassis.jobs import celery_app

from blog_service.settings import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blog_service.django_settings")

app = celery_app(
    settings(),
    tasks=[
        "blog_service.authors.tasks",
        "blog_service.comments.tasks",
        "blog_service.home_feed.tasks",
        "blog_service.erasure.tasks",
        "blog_service.media_refs.tasks",
        "blog_service.posts.tasks",
        "blog_service.sent_pictures.tasks",
        "blog_service.webhooks.tasks",
    ],
    schedule={
        "posts-publish-due": {"task": "posts_publish_due", "schedule": 10},
        "posts-follow-tags": {"task": "posts_follow_tags", "schedule": 10},
        "comments-held-measure": {"task": "comments_held_measure", "schedule": 10},
        "media-refs-refresh-stuck": {"task": "media_refs_refresh_stuck", "schedule": 60},
        "media-refs-reconcile": {"task": "media_refs_reconcile", "schedule": 300},
        "home-feed-spread": {"task": "home_feed_spread", "schedule": 10},
        "home-feed-trim": {"task": "home_feed_trim", "schedule": 300},
        "sent-pictures-give-up": {"task": "sent_pictures_give_up", "schedule": 60},
        "changes-reconcile": {"task": "changes_reconcile", "schedule": 60},
        "changes-forget": {"task": "changes_forget", "schedule": 300},
        "webhooks-deliver": {"task": "webhooks_deliver", "schedule": 5},
        "webhooks-tidy": {"task": "webhooks_tidy", "schedule": 60},
        "erasures-run": {"task": "erasures_run", "schedule": 15},
        "authors-reconcile": {"task": "authors_reconcile", "schedule": 300},
    },
    outbox_url=settings().database_url,
)
