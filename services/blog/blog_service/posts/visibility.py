"""Who may read which posts: every list, read and count of posts begins here."""

from chassis.tokens import Claims
from django.db.models import Q

from blog_service.posts.access import is_editor

PUBLIC = Q(published_at__isnull=False)
"""What everyone may read. Said by time and not by status, because the indexes are."""


def visible_to(viewer: Claims | None) -> Q:
    """What the caller may read: what is public, an author their own too, an editor all."""
    if viewer is None:
        return PUBLIC
    return Q() if is_editor(viewer) else PUBLIC | Q(author_id=viewer.sub)
