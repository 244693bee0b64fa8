"""A platform for everything that stands around one: the edge before it, and Prometheus beside it."""

from collections.abc import Iterator

import pytest

from launcher.servers.ports import LOOPBACK, free_port
from tests.support.api import Visitor
from tests.support.photographs import photograph
from tests.support.platform import Platform


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """All of it, with pictures that the edge sends, and figures for a StatsD that may come to listen."""
    platform = Platform(tmp_path_factory.mktemp("platform"))
    platform.settings |= {"MEDIA_ACCEL_PREFIX": "/stored/", "STATSD_URL": f"udp://{LOOPBACK}:{free_port()}"}
    with platform:
        yield platform


@pytest.fixture(scope="session")
def alice(platform: Platform) -> Iterator[Visitor]:
    with Visitor(platform.base_url) as visitor:
        yield visitor.register("alice")


@pytest.fixture(scope="session")
def picture(alice: Visitor) -> dict[str, str]:
    """The addresses of a picture of alice's."""
    answer = alice.upload(photograph(1600, 1200, seed=alice.username))
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["urls"])
