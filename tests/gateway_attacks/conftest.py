"""One gateway with fake services behind it."""

import json
from collections.abc import Iterator

import pytest
from chassis.testing import TokenMint
from gateway_service.testing.fake_upstream import Call, FakeUpstream, Handler, service_token
from gateway_service.testing.running import Running, start


@pytest.fixture(scope="session")
def services() -> Iterator[FakeUpstream]:
    """All services in one, which describes what reaches it."""
    mint = TokenMint("https://broadsheet.test", "broadsheet")

    async def jwks(call: Call) -> None:
        await call.answer(json.dumps(mint.jwks()).encode())

    async def revocations(call: Call) -> None:
        await call.answer(json.dumps({"events": [], "next": "2026-11-29T12:00:00.000Z"}).encode())

    handlers: dict[str, Handler] = {
        "/.well-known/jwks.json": jwks,
        "/internal/revocations": revocations,
        "/internal/tokens": service_token,
    }
    with FakeUpstream(handlers) as upstream:
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
