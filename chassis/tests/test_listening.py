"""``::`` means both families, and an address in use is a sentence."""

import socket
import urllib.request
from contextlib import closing

import pytest
from chassis.health import Heartbeat
from chassis.listening import listener
from chassis.settings import SettingsError

from chassis import background_http


def free_port() -> int:
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", {"127.0.0.1"}),
        ("0.0.0.0", {"127.0.0.1"}),
        ("::1", {"::1"}),
        ("::", {"127.0.0.1", "::1"}),
        ("[::]", {"127.0.0.1", "::1"}),
    ],
)
def test_address_is_listened_on_in_its_families(host: str, reached: set[str]) -> None:
    port = free_port()
    with listener(host, port, "PRESS_PORT"):
        answering = set()
        for address in ("127.0.0.1", "::1"):
            with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as client:
                if client.connect_ex((address, port)) == 0:
                    answering.add(address)
    assert answering == reached


def test_both_families_do_not_depend_on_the_kernels_default() -> None:
    with listener("::", free_port(), "PRESS_PORT") as listening:
        assert listening.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 0


def test_name_of_this_machine_may_be_listened_on() -> None:
    with listener("localhost", free_port(), "PRESS_PORT") as listening:
        assert listening.getsockname()[0] in {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("host", "said"),
    [("::1", r"\[::1\]:\d+"), ("127.0.0.1", r"127.0.0.1:\d+"), ("no-such-host.invalid", "no-such-host")],
)
def test_what_cannot_be_listened_on_is_a_sentence_with_the_setting(host: str, said: str) -> None:
    port = free_port()
    with (
        closing(listener("::", port, "PRESS_PORT")),
        pytest.raises(SettingsError, match=rf"^{said}.*set PRESS_PORT\.$"),
    ):
        listener(host, port, "PRESS_PORT")


def test_background_process_answers_in_both_families() -> None:
    port = free_port()
    background_http.serve(port, "::", Heartbeat(""))
    for address in ("127.0.0.1", "[::1]"):
        with urllib.request.urlopen(f"http://{address}:{port}/livez", timeout=10) as answer:
            assert answer.read() == b'{"status": "ok"}'
        with urllib.request.urlopen(f"http://{address}:{port}/metrics", timeout=10) as answer:
            assert b"python_info" in answer.read()
