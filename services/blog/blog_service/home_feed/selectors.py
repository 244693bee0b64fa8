"""Reads of home feeds."""

from datetime import datetime
from uuid import UUID

from chassis.lists import Keyset
from django.db.models import QuerySet

from blog_service.home_feed.models import Entry

MOST = 1000
"""Posts that a home feed has at least, if there are as many; it may have more for a while, which no page shows."""
NEWEST_FIRST: Keyset = {"-published_at": datetime.fromisoformat, "-post_id": UUID}


def home_feed(reader_id: UUID) -> QuerySet[Entry]:
    """The entries of a reader, newest first."""
    return Entry.objects.filter(reader_id=reader_id).order_by(*NEWEST_FIRST)


def home_feed_count(reader_id: UUID) -> int:
    """How many posts the pages of a home feed show."""
    return home_feed(reader_id)[:MOST].count()
