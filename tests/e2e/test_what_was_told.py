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
