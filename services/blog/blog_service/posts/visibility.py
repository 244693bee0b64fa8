"""Who may read which posts: every list, read and count of posts begins here."""

from uuid import UUID

from chassis.tokens import Claims
from django.db.models import Exists, OuterRef, Q

from blog_service.posts.access import is_editor
from blog_service.posts.models import CoAuthorship

PUBLIC = Q(published_at__isnull=False)
"""What everyone may read. Said by time and not by status, because the indexes are."""


def visible_to(viewer: Claims | None) -> Q:
    """What the caller may read: what is public, an author their own too, a co-author likewise, an editor all."""
    return visible_to_reader(viewer.sub if viewer else None, is_editor=viewer is not None and is_editor(viewer))


def visible_to_reader(reader_id: UUID | None, *, is_editor: bool) -> Q:
    """The posts that are visible to who has this id, or is nobody."""
    if reader_id is None:
        return PUBLIC
    named = CoAuthorship.objects.filter(post_id=OuterRef("pk"), author_id=reader_id)
    return Q() if is_editor else PUBLIC | Q(author_id=reader_id) | Q(Exists(named))
