"""One running gateway for most tests, with fake services behind it and tokens of alice and bob."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvloop
from chassis.testing import TokenMint
from gateway_service.testing import ALICE, BOB, SCOPE
from gateway_service.testing.fake_auth import auth_handlers
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.running import Running, start


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The gateway's own event loop."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def mint() -> TokenMint:
    return TokenMint("https://broadsheet.test", "broadsheet")


@pytest.fixture(scope="session")
def _auth(mint: TokenMint) -> Iterator[FakeUpstream]:
    with FakeUpstream(auth_handlers(mint)) as upstream:
        yield upstream


@pytest.fixture(scope="session")
def _blog() -> Iterator[FakeUpstream]:
    with FakeUpstream() as upstream:
        yield upstream


@pytest.fixture(scope="session")
def _media() -> Iterator[FakeUpstream]:
    with FakeUpstream() as upstream:
        yield upstream


@pytest.fixture(scope="session")
def events_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The bus of the gateways."""
    return f"sqlite:///{tmp_path_factory.mktemp('bus')}/bus.sqlite3"


@pytest.fixture(scope="session")
def upstream_settings(
    _auth: FakeUpstream, _blog: FakeUpstream, _media: FakeUpstream, mint: TokenMint, events_url: str
) -> dict[str, str]:
    urls = {"AUTH_URL": _auth.url, "BLOG_URL": _blog.url, "MEDIA_URL": _media.url, "EVENTS_URL": events_url}
    return urls | {"TOKEN_ISSUER": mint.issuer, "LOG_HASH_KEY": "of-the-tests-of-the-gateway-alone"}


@pytest.fixture(scope="session")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged configuration with deadlines that a test can wait for."""
    packaged = Path(__file__).parents[1] / "gateway_service" / "gateway.yaml"
    path = tmp_path_factory.mktemp("configuration") / "gateway.yaml"
    text = packaged.read_text()
    for before, after in (
        ("body_idle_seconds: 10", "body_idle_seconds: 1"),
        ("\n  try_seconds: 20", "\n  try_seconds: 2"),
        ("\n  idle_seconds: 20", "\n  idle_seconds: 2"),
        ("breaker: {requests: 10,", "breaker: {requests: 1000,"),  # services fail here all the time
    ):
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)
    return path


@pytest.fixture(scope="session")
def gateway(
    tmp_path_factory: pytest.TempPathFactory, upstream_settings: dict[str, str], configuration: Path
) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("gateway"), GATEWAY_CONFIG=str(configuration), **upstream_settings)
    running.wait_until_ready()
    yield running
    assert running.stop() == 0


@pytest.fixture
def start_gateway(tmp_path: Path, upstream_settings: dict[str, str]) -> Iterator[Callable[..., Running]]:
    """Start further gateways, with settings of their own."""
    started: list[Running] = []

    def start_one(**environment: str) -> Running:
        running = start(tmp_path, **(upstream_settings | environment))
        started.append(running)
        return running

    yield start_one
    for running in started:
        running.process.kill()
        running.process.wait()


@pytest.fixture
def configured(start_gateway: Callable[..., Running], configuration: Path, tmp_path: Path) -> Callable[..., Running]:
    """Start a gateway, and wait for it, whose configuration says something else at these places."""

    def start_one(*changes: tuple[str, str], **environment: str) -> Running:
        text, path = configuration.read_text(), tmp_path / "gateway.yaml"
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        path.write_text(text)
        running = start_gateway(GATEWAY_CONFIG=str(path), **environment)
        running.wait_until_ready()
        return running

    return start_one


@pytest.fixture(autouse=True)
def _services_forget(_auth: FakeUpstream, _blog: FakeUpstream, _media: FakeUpstream) -> None:
    for upstream in (_blog, _media):
        upstream.handlers.clear()
    for upstream in (_auth, _blog, _media):
        upstream.requests.clear()
        upstream.connections = 0


@pytest.fixture
def auth(_auth: FakeUpstream) -> FakeUpstream:
    return _auth


@pytest.fixture
def blog(_blog: FakeUpstream) -> FakeUpstream:
    return _blog


@pytest.fixture
def media(_media: FakeUpstream) -> FakeUpstream:
    return _media


@pytest.fixture
def stranger(gateway: Running) -> Iterator[httpx.Client]:
    """A client without a token."""
    with httpx.Client(base_url=gateway.url, timeout=20) as client:
        yield client


@pytest.fixture
def alice_token(mint: TokenMint) -> str:
    return mint.access(ALICE, "alice", scope=SCOPE)


@pytest.fixture
def alice(gateway: Running, alice_token: str) -> Iterator[httpx.Client]:
    """An author who is logged in."""
    headers = {"Authorization": f"Bearer {alice_token}"}
    with httpx.Client(base_url=gateway.url, headers=headers, timeout=20) as client:
        yield client


@pytest.fixture
def bob(gateway: Running, mint: TokenMint) -> Iterator[httpx.Client]:
    """A reader who may not write, with a token for his account alone."""
    headers = {"Authorization": f"Bearer {mint.access(BOB, 'bob', roles=('reader',), scope='account posts')}"}
    with httpx.Client(base_url=gateway.url, headers=headers, timeout=20) as client:
        yield client
