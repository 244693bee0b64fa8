"""Publishing what waited: an event or a sweeper says that it may be time."""

from django.db.models import QuerySet

from blog_service.media_refs.models import Asset
from blog_service.posts.models import Post
from blog_service.posts.services.writing import post_change

AT_ONCE = 500


def posts_settle(waiting: QuerySet[Post]) -> None:
    """Publish those of the posts whose images need not be waited for any more, and whose author may still publish.

    At most AT_ONCE of them: a sweeper asks again every minute.
    """
    wanted = waiting.filter(publish_requested=True, author__suspended=False, author__may_write=True)
    settled = wanted.exclude(images__asset__status=Asset.Status.PROCESSING)
    for post_id, author_id in settled.order_by("id").values_list("id", "author_id")[:AT_ONCE]:
        post_change(post_id, {}, actor=author_id)
