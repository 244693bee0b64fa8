"""Letting posts be found by their words."""

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from blog_service.markdown.rendering import plain_text
from blog_service.posts.models import Post
from blog_service.search.selectors import documents_written
from blog_service.search.services import SPLITTING, Texts, document_write

AT_ONCE = 200


def post_make_findable(post: Post) -> None:
    """Let a post be found by the words it has now; belongs into the transaction that changes them."""
    lead = " ".join([post.summary, *post.tags])
    document_write(post.id, Texts(title=post.title, lead=lead, body=plain_text(post.html)))


def posts_make_findable() -> Iterator[int]:
    """All posts that are not, or by what an older release took for words; gives how many, as it goes on.

    May be ended at any time and begun again; writers go on meanwhile.
    """
    posts = Post.objects.order_by("id").values_list("id", flat=True)
    page = list(posts[:AT_ONCE])
    while page:
        missing = set(page) - documents_written(page, splitting=SPLITTING)
        yield _make_findable(missing)
        page = list(posts.filter(id__gt=page[-1])[:AT_ONCE])


@transaction.atomic
def _make_findable(post_ids: set[UUID]) -> int:
    """Under the lock of each post: its words are those that its last writer wrote."""
    found = list(Post.objects.filter(id__in=post_ids).order_by("id").select_for_update())
    for post in found:
        post_make_findable(post)
    return len(found)
