"""The end of an account without the days it takes: the jobs of its erasure run at a time to come."""

from tests.support.api import Json, Visitor, json_of
from tests.support.platform import Platform
from tests.support.waiting import eventually

_GRACE_IS_OVER = """
from django.utils import timezone
from auth_service.users.models import User
assert User.objects.filter(username={username!r}).update(deletes_at=timezone.now()) == 1
"""
GO_ON = {
    "blog": """
from datetime import timedelta
from django.utils import timezone
from blog_service.erasure.services import erasures_run
erasures_run(now=timezone.now() + timedelta(hours={hours}))
""",
    "media": """
from datetime import UTC, datetime, timedelta
from media_service import resources
from media_service.erasure.services import erasures_run
erasures_run(resources.database(), resources.store(), now=datetime.now(UTC) + timedelta(hours={hours}))
""",
    "auth": """
from datetime import timedelta
from django.utils import timezone
from auth_service.erasure import saga
saga.deletions_begin(now=timezone.now())
saga.deletions_continue(now=timezone.now() + timedelta(hours={hours}))
""",
}
"""The script with which a service goes on with its erasures, as if so many hours had gone by."""


def erase(platform: Platform, username: str, receipt: str) -> Json:
    """End the grace of an account that is to be deleted, and give the receipt that says all have erased it."""
    go_on = GO_ON["auth"].format(hours=0)
    platform.shell("auth", _GRACE_IS_OVER.format(username=username) + go_on)

    def completed() -> Json | None:
        platform.shell("auth", go_on)
        found = json_of(stranger.http.get(receipt), 200)
        return found if found["completed_at"] else None

    with Visitor(platform.base_url) as stranger:
        return eventually(completed, seconds=180, every=1)
