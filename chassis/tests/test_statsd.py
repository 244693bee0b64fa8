"""Figures that never hold up or fail a request."""

import socket
from collections.abc import Iterator

import pytest
from chassis.settings import ServiceSettings, SettingsError

from chassis import statsd


@pytest.fixture(autouse=True)
def _off_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(statsd, "_client", None)
    yield
    if statsd._client:
        statsd._client.close()


@pytest.fixture(params=["127.0.0.1", "::1"])
def daemon(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as daemon:
        daemon.bind((request.param, 0))
        daemon.settimeout(5)
        yield daemon


def set_up(settings: ServiceSettings, url: str) -> None:
    statsd.setup(settings.model_copy(update={"statsd_url": url}))


def test_counters_and_timers_reach_the_daemon(press_settings: ServiceSettings, daemon: socket.socket) -> None:
    host, port = daemon.getsockname()[:2]
    set_up(press_settings, f"udp://[{host}]:{port}" if ":" in host else f"udp://{host}:{port}")
    statsd.incr("posts.published")
    statsd.timing("renditions.made", 12.5)
    assert daemon.recv(512) == b"broadsheet.press.posts.published:1|c"
    assert daemon.recv(512) == b"broadsheet.press.renditions.made:12.500000|ms"


def test_off_until_configured(press_settings: ServiceSettings) -> None:
    statsd.setup(press_settings)
    statsd.incr("posts.published")


@pytest.mark.parametrize("url", ["udp://127.0.0.1:9", "udp://no-such-host.invalid:8125"])
def test_absent_daemon_or_name_does_no_harm(press_settings: ServiceSettings, url: str) -> None:
    set_up(press_settings, url)
    for _ in range(100):
        statsd.incr("posts.published")


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8125", "tcp://127.0.0.1:8125", "udp://127.0.0.1", "udp://h:many", "udp://h:70000", "udp://::1:8125"],
)
def test_unreadable_url_is_one_sentence(press_settings: ServiceSettings, url: str) -> None:
    with pytest.raises(SettingsError, match=r"STATSD_URL is .*; it must look like udp://host:8125"):
        set_up(press_settings, url)
