"""Figures that never hold up or fail a request."""

import socket
import threading
from collections.abc import Iterator

import pytest
from chassis.settings import ServiceSettings, SettingsError

from chassis import statsd
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def _off_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(statsd, "_client", None)
    monkeypatch.setattr(statsd, "LOOK_UP_SECONDS", 0.05)
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
    assert statsd._client is None


@pytest.mark.parametrize("url", ["udp://127.0.0.1:9", "udp://no-such-host.invalid:8125"])
def test_absent_daemon_or_name_does_no_harm(press_settings: ServiceSettings, url: str) -> None:
    set_up(press_settings, url)
    for _ in range(100):
        statsd.incr("posts.published")


def test_a_daemon_that_sends_junk_back_does_no_harm(press_settings: ServiceSettings, daemon: socket.socket) -> None:
    host, port = daemon.getsockname()[:2]
    set_up(press_settings, f"udp://[{host}]:{port}" if ":" in host else f"udp://{host}:{port}")
    for number in range(500):  # more than a socket keeps for who does not read
        statsd.incr("posts.published", number)
        figure, sender = daemon.recvfrom(512)
        assert figure == f"broadsheet.press.posts.published:{number}|c".encode()
        daemon.sendto(b"\xff\x00junk" * 1000, sender)


class Names:
    """What names lead to, as the resolver of the machine would say."""

    def __init__(self) -> None:
        self.addresses: dict[str, list[str]] = {}

    def __call__(self, host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        if host[0].isdigit():
            return [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", (host, port))]
        if host not in self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", (each, port)) for each in self.addresses[host]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names)
    return names


def daemon_at(address: str, port: int = 0) -> socket.socket:
    daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    daemon.bind((address, port))
    daemon.settimeout(0.1)
    return daemon


def has_come(daemon: socket.socket) -> bool:
    statsd.incr("posts.published")
    try:
        return bool(daemon.recv(512))
    except TimeoutError:
        return False


def test_name_is_followed_to_where_it_leads(names: Names) -> None:
    with daemon_at("127.0.0.2") as old, daemon_at("127.0.0.3", old.getsockname()[1]) as new:
        found = statsd.Daemon("statsd.example", old.getsockname()[1], "broadsheet.press")
        found.look_up()  # there is no such name yet
        statsd.incr("posts.published")
        names.addresses["statsd.example"] = ["127.0.0.2"]
        found.look_up()
        assert has_come(old)
        names.addresses["statsd.example"] = ["127.0.0.9", "127.0.0.2"]
        found.look_up()
        assert has_come(old)  # it still has this one
        names.addresses["statsd.example"] = ["127.0.0.3"]
        found.look_up()
        assert has_come(new)
        assert not has_come(old)
        del names.addresses["statsd.example"]
        found.look_up()
        assert has_come(new)  # no word of the name is no word against the address


def test_name_is_looked_up_again_in_the_background(press_settings: ServiceSettings) -> None:
    with daemon_at("127.0.0.1") as daemon:
        set_up(press_settings, f"udp://localhost:{daemon.getsockname()[1]}")
        eventually(lambda: has_come(daemon))
        assert any(thread.name == "statsd-name" for thread in threading.enumerate())


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8125", "tcp://127.0.0.1:8125", "udp://127.0.0.1", "udp://h:many", "udp://h:70000", "udp://::1:8125"],
)
def test_unreadable_url_is_one_sentence(press_settings: ServiceSettings, url: str) -> None:
    with pytest.raises(SettingsError, match=r"STATSD_URL is .*; it must look like udp://host:8125"):
        set_up(press_settings, url)
