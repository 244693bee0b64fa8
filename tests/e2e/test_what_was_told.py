"""What services have told each other, from the first start on until all stories were told: nothing was lost.

Its name puts it behind the other stories.
"""

import json

import pytest

from launcher.greeting import DEMO_LOGIN, DEMO_PASSWORD
from launcher.settings import SERVICES_WITH_DATABASE
from tests.support.api import Json, Visitor, json_of
from tests.support.platform import Platform
from tests.support.waiting import eventually

PARKED = ("failed", "held", "dead", "dead_letters")
AUDIT = """
import subprocess
print(subprocess.run(["broadsheet", "{service}", "events", "audit", "--json"], capture_output=True, text=True).stdout)
"""
COMPARED = """
from datetime import UTC, datetime, timedelta
from uuid import UUID
from media_service import resources
from media_service.keeping.comparing import blog_tells, uses_mend
from media_service.settings import settings
later, rest, wrong = datetime.now(UTC) + timedelta(hours=2), UUID(int=0), 0
while rest is not None:
    drift = uses_mend(resources.database(), blog_tells(settings()), rest, now=later)
    rest, wrong = drift.rest, wrong + drift.missing_uses + drift.ended_uses
print(f"{wrong} uses were wrong")
"""
"""As of a time when no event is under way any more."""


def test_demo_picture_is_used_by_its_post(own_platform: Platform, stranger: Visitor) -> None:
    login = {"login": DEMO_LOGIN, "password": DEMO_PASSWORD}
    access = json_of(stranger.http.post("/api/v1/auth/jwt/create", json=login), 200)["access"]
    posts = json_of(stranger.http.get("/api/v1/posts", params={"author": DEMO_LOGIN, "page_size": 100}), 200)["results"]
    picture = posts[-1]["images"][0]["media"]  # of the first that was ever published
    deleting = stranger.http.delete(f"/api/v2/assets/{picture}", headers={"Authorization": f"Bearer {access}"})
    assert json_of(deleting, 409)["code"] == "asset_in_use"


@pytest.mark.parametrize("service", SERVICES_WITH_DATABASE)
def test_all_that_was_published_was_handled(own_platform: Platform, service: str) -> None:
    def complete() -> list[Json] | None:
        said = own_platform.shell(service, AUDIT.format(service=service))
        queues: list[Json] = json.loads(said[said.index("[") :])
        parked = sum(queue[state] for queue in queues for state in PARKED)
        return queues if not parked and {queue["verdict"] for queue in queues} == {"complete"} else None

    assert eventually(complete, seconds=120, every=1)


def test_uses_of_pictures_are_what_posts_show(own_platform: Platform) -> None:
    assert "0 uses were wrong" in own_platform.shell("media", COMPARED)
