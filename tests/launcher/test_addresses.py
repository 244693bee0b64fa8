"""The whole platform on IPv6 alone, and on both families: every listener, and every URL between the processes."""

from pathlib import Path

import httpx
import pytest

from launcher.greeting import DEMO_LOGIN, DEMO_PASSWORD
from launcher.settings import HOSTS, read_settings
from tests.support.platform import Platform

FAMILIES = {"127.0.0.1", "[::1]"}


def answering(address: str, port: int) -> bool:
    try:
        return httpx.get(f"http://{address}:{port}/livez").status_code in {200, 404}
    except httpx.ConnectError:
        return False


@pytest.mark.parametrize(("host", "reached"), [("::1", {"[::1]"}), ("::", FAMILIES)])
def test_every_process_listens_and_is_found(tmp_path: Path, host: str, reached: set[str]) -> None:
    platform = Platform(tmp_path / "var")
    platform.settings |= dict.fromkeys([*HOSTS.values(), "METRICS_HOST"], host)
    with platform:
        for port in platform.ports:
            assert {address for address in FAMILIES if answering(address, port)} == reached, port
        base = f"http://[::1]:{platform.settings['GATEWAY_PORT']}/api/v1"
        login = {"login": DEMO_LOGIN, "password": DEMO_PASSWORD}
        token = httpx.post(f"{base}/auth/jwt/create", json=login).json()["access"]
        mine = httpx.get(f"{base}/media", headers={"Authorization": f"Bearer {token}"})
        assert (mine.status_code, httpx.get(f"{base}/posts").status_code) == (200, 200)


def test_urls_follow_the_address_that_is_listened_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    hosts = {"AUTH_HOST": "::1", "BLOG_HOST": "[::]", "MEDIA_HOST": "0.0.0.0", "GATEWAY_HOST": "192.0.2.5"}
    for name, value in hosts.items():
        monkeypatch.setenv(name, value)
    found = read_settings().environment
    assert found["AUTH_URL"] == "http://[::1]:8010"
    assert found["BLOG_URL"] == "http://127.0.0.1:8020"
    assert found["MEDIA_URL"] == "http://127.0.0.1:8030"
    assert found["PUBLIC_URL"] == "http://192.0.2.5:8000"
