"""One gateway with fake services behind it."""

from collections.abc import Iterator

import pytest
from chassis.testing import TokenMint
from gateway_service.testing.fake_auth import auth_handlers
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.running import Running, start


@pytest.fixture(scope="session")
def services() -> Iterator[FakeUpstream]:
    """All services in one, which describes what reaches it."""
    mint = TokenMint("https://broadsheet.test", "broadsheet")
    with FakeUpstream(auth_handlers(mint)) as upstream:
        yield upstream


@pytest.fixture(scope="session")
def gateway(services: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("gateway")
    urls = dict.fromkeys(("AUTH_URL", "BLOG_URL", "MEDIA_URL"), services.url)
    events = f"sqlite:///{folder}/bus.sqlite3"
    running = start(folder, EVENTS_URL=events, TOKEN_ISSUER="https://broadsheet.test", **urls)
    running.wait_until_ready()
    yield running
    assert running.stop() == 0


@pytest.fixture(autouse=True)
def _services_forget(services: FakeUpstream) -> None:
    services.requests.clear()
