"""Publishing posts whose time has come, whoever else is doing so at the same moment."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.logging import get_logger
from chassis.metrics import gauge
from django.db import transaction
from django.db.models import Min, QuerySet

from blog_service.posts.models import Post
from blog_service.posts.publication import Action
from blog_service.posts.services.publishing import Step
from blog_service.posts.services.writing import post_step

AT_ONCE = 500
BE_DUE = Step(Action.BE_DUE)
log = get_logger()


def posts_publish_due(now: datetime) -> int:
    """Publish what was scheduled for a time up to ``now``, however long ago; gives how many posts were taken.

    Each post is a transaction of its own, in which it is claimed: of several processes one publishes it, the others
    pass it by. One that cannot be published stays scheduled, is told of in the log, and keeps no other from its turn.
    """
    failed: set[UUID] = set()
    for taken in range(AT_ONCE):
        if not _publish_next(now, failed):
            return taken - len(failed)
    return AT_ONCE - len(failed)


def overdue(now: datetime) -> timedelta:
    """For how long the oldest post that is due has been so; none are of authors who may not publish."""
    oldest = _due(now).aggregate(oldest=Min("scheduled_for"))["oldest"]
    return now - oldest if oldest else timedelta()


def overdue_measure(now: datetime) -> None:
    """Show by how much scheduled publishing is behind."""
    gauge("posts_overdue_seconds").set(overdue(now).total_seconds())


@transaction.atomic
def _publish_next(now: datetime, failed: set[UUID]) -> bool:
    """Publish one more post; says whether there was one. What fails is added to ``failed``, and stays as it was."""
    claim = _due(now).exclude(id__in=failed).order_by("scheduled_for", "id")
    claim = claim.select_for_update(of=("self",), skip_locked=True)
    found = claim.values_list("id", "author_id").first()
    if found is None:
        return False
    post_id, author_id = found
    try:
        with transaction.atomic():
            post_step(post_id, BE_DUE, actor=author_id, now=now)
    except Exception:  # whatever it is, the others have their turn
        failed.add(post_id)
        log.exception("scheduled post not published", post_id=str(post_id))
    return True


def _due(now: datetime) -> QuerySet[Post]:
    """What waits for nothing but us. An author who may not publish is asked about again under the lock."""
    scheduled = Post.objects.filter(status=Post.Status.SCHEDULED, scheduled_for__lte=now)
    return scheduled.filter(author__suspended=False, author__may_write=True)
