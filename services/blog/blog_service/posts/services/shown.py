"""Tells of what posts show and is not theirs: caches keep it with them."""

import time
from uuid import UUID

from chassis.events.databases.django import publish

from blog_service.posts.events import ShownChanged


def shown_changed(shown_id: UUID) -> None:
    """Say that an author or a picture is shown otherwise from now on.

    Blog's copies of them have no versions that count what is heard twice; the time in microseconds grows as well.
    """
    publish(ShownChanged(shown_id=shown_id), sequence=time.time_ns() // 1000)
