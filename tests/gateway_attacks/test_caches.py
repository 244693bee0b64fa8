"""Nobody leaves anything in the cache for others, and nothing that is somebody's own is found there."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.testing import TokenMint
from gateway_service.testing import ALICE, SCOPE
from gateway_service.testing.fake_auth import auth_handlers
from gateway_service.testing.fake_relay import relaying
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.raw_http import exchange, get
from gateway_service.testing.running import Running, eventually, start

from tests.gateway_attacks.caches import DECEPTION, PLANTED, POISON, VICTIM, poisoned

PUBLIC = ("Cache-Control: public, s-maxage=3600", "Surrogate-Key: posts", "Content-Type: application/json")
SECRET = "alice-alone"


async def naive(call: Call) -> None:
    """Say in the answer what was told, and call it public."""
    async for _ in call.body():
        pass
    told = {"method": call.seen.method, "target": call.seen.target, "headers": call.seen.headers}
    secret = SECRET if call.seen.header("authorization") else ""
    await call.answer(json.dumps([told, secret]).encode(), headers=PUBLIC)


@pytest.fixture(scope="module")
def mint() -> TokenMint:
    return TokenMint("https://broadsheet.test", "broadsheet")


@pytest.fixture(scope="module")
def gateway(mint: TokenMint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("cache")
    bus = f"sqlite:///{folder}/bus.sqlite3"
    with FakeUpstream(auth_handlers(mint), fallback=naive) as services, relaying(bus):
        urls = dict.fromkeys(("AUTH_URL", "BLOG_URL", "MEDIA_URL"), services.url)
        running = start(folder, EVENTS_URL=bus, TOKEN_ISSUER=mint.issuer, **urls)
        running.wait_until_ready()
        eventually(lambda: b"x-cache: hit" in exchange(running.port, get("/api/v1/posts/first")).data)
        yield running
        assert running.stop() == 0


@pytest.mark.parametrize(("row", "name", "line", "headers"), [(i, *row) for i, row in enumerate(POISON)])
def test_victim_gets_what_the_service_says_to_anybody(
    gateway: Running, row: int, name: str, line: str, headers: tuple[str, ...]
) -> None:
    page = f"victim-{row}"
    exchange(gateway.port, poisoned(line, headers, page), wait=10)
    for _ in range(2):
        victim = exchange(gateway.port, get(VICTIM.format(name=page)), wait=10)
        assert victim.status == 200, name
        assert PLANTED not in victim.data.decode("latin-1"), name
        assert json.loads(victim.body)[0]["target"] == VICTIM.format(name=page)
        assert json.loads(victim.body)[0]["method"] == "GET"


@pytest.mark.parametrize(("row", "path"), list(enumerate(DECEPTION)))
def test_what_is_alices_alone_is_kept_for_nobody(gateway: Running, mint: TokenMint, row: int, path: str) -> None:
    asked, token = path.format(name=f"alice-{row}"), mint.access(ALICE, "alice", scope=SCOPE)
    hers = exchange(gateway.port, get(asked, f"Authorization: Bearer {token}"), wait=10)
    assert hers.status == 404 or SECRET.encode() in hers.body
    for headers in ((), ("Cookie: session=alice",), ("Authorization: Bearer made-up",)):
        assert SECRET.encode() not in exchange(gateway.port, get(asked, *headers), wait=10).data
    again = exchange(gateway.port, get(asked, f"Authorization: Bearer {token}"), wait=10)
    assert (again.status, SECRET.encode() in again.body) == (hers.status, SECRET.encode() in hers.body)
