"""Where nothing is sent, whoever asks for it, and what an answer may cost."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from blog_service.outbound import targets
from blog_service.outbound.addresses import is_public
from blog_service.outbound.requests import NoAnswer, ask
from blog_service.outbound.targets import LONGEST_URL, Target, TargetRefused, target_of
from blog_service.settings import settings
from chassis.testing.local_server import Received, local_server

PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")


@pytest.fixture
def as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this machine."""
    monkeypatch.setitem(settings().__dict__, "webhook_loopback", False)


def leads_to(*addresses: str) -> Any:
    """A resolver that knows one answer."""
    return lambda host, port, **_: [
        (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
        for each in addresses
    ]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_taken(as_in_production: None, address: str) -> None:
    target = target_of("https://hooks.example.org/in?to=me", leads_to(address))
    assert target == Target("https", "hooks.example.org", 443, "/in?to=me", (address,))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:93.184.215.14",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "fe80::1%1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "2002:a9fe:a9fe::1",
        "::169.254.169.254",
    ],
)
def test_what_is_not_public_is_refused_also_beside_what_is(as_in_production: None, address: str) -> None:
    assert not is_public(address)
    for addresses in ([address], [*PUBLIC, address]):
        with pytest.raises(TargetRefused, match="public address"):
            target_of("https://hooks.example.org/", leads_to(*addresses))


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "017700000001", "localhost", "[::1]", "0"])
def test_however_this_machine_is_written_it_is_refused(as_in_production: None, host: str) -> None:
    with pytest.raises(TargetRefused):
        target_of(f"https://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.org",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "gopher://hooks.example.org/",
        "http://hooks.example.org/",
        "https://hooks.example.org:22/",
        "https://hooks.example.org:0/",
        "https://hooks.example.org:99999/",
        "https://user:password@hooks.example.org/",
        "https://user@hooks.example.org/",
        "https://hooks.example.org/#here",
        "https://hooks.example.org/a b",
        "https://hooks.example.org/\r\nX-Header: 1",
        "https://hooks.example.org\\@127.0.0.1/",
        "https://höoks.example.org/",
        "https:///in",
        "https://[::1/",
        "https://hooks.example.org/" + "a" * LONGEST_URL,
    ],
)
def test_what_is_no_address_to_send_to_is_refused(as_in_production: None, url: str) -> None:
    with pytest.raises(TargetRefused):
        target_of(url, leads_to(*PUBLIC))


def test_a_name_that_leads_nowhere_is_refused() -> None:
    def knows_nobody(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(TargetRefused, match="nowhere"):
        target_of("https://hooks.example.org/", knows_nobody)


def test_a_name_that_takes_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "RESOLVE_SECONDS", 0.01)
    asked = threading.Event()

    def never_answers(*_: Any, **__: Any) -> Any:
        assert asked.wait(60)
        raise OSError

    with pytest.raises(TargetRefused, match="in time"):
        target_of("https://slow.example/", never_answers)
    asked.set()


def test_in_development_this_machine_is_taken_over_http_and_others_are_not() -> None:
    assert target_of("http://127.0.0.1:8000/").port == 8000
    with pytest.raises(TargetRefused):
        target_of("http://hooks.example.org/", leads_to("127.0.0.1", *PUBLIC))


def test_the_name_is_resolved_once_and_the_address_that_was_checked_is_asked() -> None:
    """A name that leads elsewhere a moment later (DNS rebinding) gains nothing; the Host header keeps the name."""
    with local_server() as receiver:
        port = int(receiver.url.rpartition(":")[2])
        target = target_of(f"http://hooks.example.org:{port}/in", leads_to("127.0.0.1"))
        assert ask(target, "POST", headers={}, body=b"{}").status == 200
    assert receiver.requests[0].headers["host"] == f"hooks.example.org:{port}"


def test_the_name_is_what_the_certificate_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Context:
        def wrap_socket(self, plain: socket.socket, *, server_hostname: str) -> socket.socket:
            seen.append(server_hostname)
            return plain

    monkeypatch.setattr("blog_service.outbound.requests._tls", Context)
    with local_server() as receiver:
        port = int(receiver.url.rpartition(":")[2])
        ask(Target("https", "hooks.example.org", port, "/", ("127.0.0.1",)), "GET", headers={})
    assert seen == ["hooks.example.org"]


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    with local_server() as receiver:
        port = int(receiver.url.rpartition(":")[2])
        assert ask(Target("http", "localhost", port, "/", ("::1", "127.0.0.1")), "GET", headers={}).status == 200


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with local_server() as receiver:
        receiver.headers["Location"] = f"{receiver.url}/elsewhere"
        receiver.reply = lambda _request: (302, b"")
        assert ask(target_of(receiver.url), "GET", headers={}).status == 302
    assert [request.path for request in receiver.requests] == ["/"]


def test_of_a_body_no_more_is_read_than_was_asked_for() -> None:
    def reply(_request: Received) -> tuple[int, bytes]:
        return 200, b"0123456789"

    with local_server() as receiver:
        receiver.reply = reply
        answers = [ask(target_of(receiver.url), "GET", headers={}, most=most) for most in (0, 4, 10)]
    assert [(answer.body, answer.is_whole) for answer in answers] == [
        (b"", True),
        (b"0123", False),
        (b"0123456789", True),
    ]


@contextmanager
def drips(first: bytes) -> Iterator[Target]:
    """Somebody who says one thing and then never ends, a byte at a time."""
    ended = threading.Event()

    def serve(listening: socket.socket) -> None:
        connected, _ = listening.accept()
        with connected:
            connected.sendall(first)
            while not ended.wait(0.05):
                try:
                    connected.sendall(b"a")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        yield Target("http", "localhost", listening.getsockname()[1], "/", ("127.0.0.1",))
        ended.set()
        thread.join()


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX-Long: "])
def test_who_drips_is_left_when_the_time_is_over(first: bytes) -> None:
    with drips(first) as target, pytest.raises(NoAnswer) as refused:
        ask(target, "GET", headers={}, seconds=0.5)
    assert refused.value.reason == "timed_out"


def test_what_is_no_http_is_no_answer() -> None:
    with drips(b"SSH-2.0-OpenSSH\r\n") as target, pytest.raises(NoAnswer) as refused:
        ask(target, "GET", headers={})
    assert refused.value.reason == "not_http"


def test_nobody_there_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(NoAnswer) as refused:
        ask(Target("http", "localhost", port, "/", ("127.0.0.1",)), "GET", headers={})
    assert refused.value.reason == "unreachable"


def test_plain_http_is_no_tls() -> None:
    with local_server() as receiver:
        target = Target("https", "localhost", int(receiver.url.rpartition(":")[2]), "/", ("127.0.0.1",))
        with pytest.raises(NoAnswer) as refused:
            ask(target, "GET", headers={})
    assert refused.value.reason == "tls_failed"


def test_no_proxy_of_the_environment_takes_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    with local_server() as receiver:
        assert ask(target_of(receiver.url), "GET", headers={}).status == 200
    assert [request.path for request in receiver.requests] == ["/"]
