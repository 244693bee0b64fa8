"""Every table of blog, and what becomes of its rows when a user is erased.

A table that is in neither list fails a test: whoever adds one says here what is to be done.
"""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from chassis.django.admin_log_ins import log_ins_delete
from chassis.django.idempotency.models import IdempotencyKey
from chassis.events.databases.django_app.models import Walk
from chassis.idempotency import FORGOTTEN
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Exists, OuterRef

from blog_service.authors.models import Author
from blog_service.comments.services import comments_erase, decisions_erase, reports_erase
from blog_service.favourites.services import favourites_erase
from blog_service.follows.services import follows_erase
from blog_service.home_feed.services import home_feed_erase
from blog_service.media_refs.models import Asset
from blog_service.posts.models import CoAuthorship, Post, PostRevision, PostTag, PreviewLink
from blog_service.posts.services.authors import leaving
from blog_service.posts.services.writing import post_change, post_delete
from blog_service.sent_pictures.models import SentPicture
from blog_service.tags.models import Tag
from blog_service.transfer.models import ImportedPost
from blog_service.webhooks.services.tidying import deliveries_erase, webhooks_erase

AT_ONCE = 20  # posts of one transaction, each with its events
_NOBODY = UUID(int=0)

Erase = Callable[[UUID], int]


def _posts(user_id: UUID) -> int:
    """Some of them, with all that hangs on them; whoever keeps copies hears of each."""
    posts = list(Post.objects.filter(author_id=user_id).order_by("id").values_list("id", flat=True)[:AT_ONCE])
    tags = set(PostTag.objects.filter(post_id__in=posts).values_list("tag_id", flat=True))
    of_posts = ContentType.objects.get_for_model(Post)
    LogEntry.objects.filter(content_type=of_posts, object_id__in=map(str, posts)).delete()
    for post_id in posts:
        post_delete(post_id, actor=user_id)
    Tag.objects.filter(id__in=tags, posts_count=0, post_tags=None).delete()  # their words, used by nobody else
    return len(posts)


def _co_authorships(user_id: UUID) -> int:
    """Posts of others stay, without them. Of posts that are gone an older release may have left rows."""
    gone = CoAuthorship.objects.filter(~Exists(Post.objects.filter(id=OuterRef("post_id"))), author_id=user_id)
    gone.delete()
    posts = list(CoAuthorship.objects.filter(author_id=user_id).order_by("post_id")[:AT_ONCE])
    for each in posts:
        post_change(each.post_id, {"authors_edit": leaving(user_id)}, actor=user_id)
    return len(posts)


def _words(_user_id: UUID) -> int:
    """SQLite's full-text index keeps deleted words until its parts are merged; PostgreSQL has them in a column."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_words (search_words) VALUES ('optimize')")
    return 0


def _revisions(user_id: UUID) -> int:
    """Their changes of posts of others stay, and are nobody's."""
    return PostRevision.objects.filter(editor_id=user_id).update(editor_id=_NOBODY)


def _pictures(user_id: UUID) -> int:
    """The ids of pictures stay: they keep late news from bringing one back."""
    return Asset.objects.filter(owner_id=user_id).update(owner_id=None, status=Asset.Status.REMOVED)


def _answers(user_id: UUID) -> int:
    """Theirs go; of those kept for others that name them, as a co-author or under a comment, that they were given."""
    naming = IdempotencyKey.objects.exclude(caller=str(user_id)).filter(answer__contains=str(user_id))
    return naming.update(answer=FORGOTTEN) + IdempotencyKey.objects.filter(caller=str(user_id)).delete()[0]


def _cookies(user_id: UUID) -> int:
    staff = {str(pk) for pk in User.objects.filter(username=str(user_id)).values_list("pk", flat=True)}
    return log_ins_delete(staff) if staff else 0


ERASED: Final[Mapping[str, Erase]] = {
    "webhooks_webhook": webhooks_erase,
    "webhooks_delivery": deliveries_erase,
    "comments_report": reports_erase,
    "comments_decision": decisions_erase,
    "comments_comment": comments_erase,
    "favourites_favourite": favourites_erase,
    "follows_follow": follows_erase,
    "home_feed_entry": home_feed_erase,
    "transfer_importedpost": lambda user_id: ImportedPost.objects.filter(author_id=user_id).delete()[0],
    "posts_post": _posts,
    "posts_coauthorship": _co_authorships,
    "posts_previewlink": lambda user_id: PreviewLink.objects.filter(maker_id=user_id).delete()[0],
    "posts_postrevision": _revisions,
    "sent_pictures_sentpicture": lambda user_id: SentPicture.objects.filter(owner_id=user_id).delete()[0],
    "media_refs_asset": _pictures,
    "search_words": _words,
    "idempotency_key": _answers,
    "django_session": _cookies,
    "django_admin_log": lambda user_id: LogEntry.objects.filter(user__username=str(user_id)).delete()[0],
    "auth_user": lambda user_id: User.objects.filter(username=str(user_id)).delete()[0],
    "authors_author": lambda user_id: Author.objects.filter(id=user_id).delete()[0],
    "chassis_events_walk": lambda user_id: Walk.objects.filter(after=user_id).update(after=_NOBODY),
}
"""In this order, by table: what erases some of its rows, or makes them nobody's, and gives how many; 0 at the end."""

NOBODYS: Final[Mapping[str, str]] = {
    "changes_numbering": "numbers",
    "changes_postchange": "ids of posts, and that they are gone",
    "auth_group": "powers in the admin",
    "auth_group_permissions": "powers in the admin",
    "auth_permission": "powers in the admin",
    "auth_user_groups": "goes with its member of staff",
    "auth_user_user_permissions": "goes with its member of staff",
    "counters_postcounts": "numbers",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "erased_eraseduser": "keyed hashes",
    "erased_hashkey": "their key",
    "erasure_erasure": "forgets the user when all services have answered",
    "home_feed_homefeed": "goes with its entries",
    "home_feed_spreading": "goes with its post, in seconds",
    "inbox_event": "forgotten when all services have answered",
    "outbox_event": "forgotten when all services have answered",
    "outbox_shard": "numbers",
    "posts_deletedslug": "digests of slugs",
    "posts_postimage": "goes with its post",
    "posts_postslug": "goes with its post",
    "posts_posttag": "goes with its post",
    "posts_publishedtally": "numbers",
    "search_document": "goes with its post",
    "webhooks_subscription": "goes with its webhook",
    "tags_tag": "words; those of nobody else go with the posts",
}
"""Tables that are left as they are, and why."""
