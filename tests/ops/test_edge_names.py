"""The edge finds the gateway by its name: one that comes after it, and one that has moved."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from docker import compose
from launcher.servers.ports import LOOPBACK, answers, free_port
from tests.ops.test_edge import AROUND, CONFIGURATION
from tests.support.programs import program, running
from tests.support.waiting import eventually

A_RECORD = b"\0\x01\0\x01"


class Names:
    """A name server (RFC 1035) that knows one name, or none."""

    def __init__(self) -> None:
        self.address: str | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            asked, client = self._socket.recvfrom(512)
            question = asked[12 : asked.index(b"\0", 12) + 5]
            known = self.address if question.endswith(A_RECORD) else None
            record = b"\xc0\x0c" + A_RECORD + (1).to_bytes(4, "big") + b"\0\x04" + socket.inet_aton(known or LOOPBACK)
            head = asked[:2] + (b"\x81\x80" if self.address else b"\x81\x83") + b"\0\x01" + bytes([0, bool(known)])
            self._socket.sendto(head + b"\0\0\0\0" + question + (record if known else b""), client)


class Gateway(BaseHTTPRequestHandler):
    """Says at which address it was reached."""

    def do_GET(self) -> None:
        said = str(self.connection.getsockname()[0]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def gateway_port() -> Iterator[int]:
    """A port at which a gateway answers at two addresses."""
    with ExitStack() as stack:
        port = 0
        for address in ("127.0.0.2", "127.0.0.3"):
            server = stack.enter_context(ThreadingHTTPServer((address, port), Gateway))
            port = server.server_port
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        yield port


def test_gateway_is_found_when_it_comes_and_when_it_moves(names: Names, gateway_port: int, tmp_path: Path) -> None:
    nginx, port = program("nginx", "nginx-light"), free_port()
    compose.certificate(tmp_path)
    text = CONFIGURATION.read_text()
    for here, there in {
        "resolver 127.0.0.11 valid=10s": f"resolver {LOOPBACK}:{names.port} valid=1s",
        "gateway:8000": f"gateway:{gateway_port}",
        "listen 8443": f"listen {LOOPBACK}:{port}",
        "/tls/": f"{tmp_path}/",
    }.items():
        assert here in text
        text = text.replace(here, there)
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(AROUND.format(folder=tmp_path, edge=text))
    with running(nginx, "-c", configuration, log=tmp_path / "log"):
        eventually(lambda: answers(port))
        trusted = ssl.create_default_context(cafile=tmp_path / "edge.crt")
        with httpx.Client(base_url=f"https://localhost:{port}", verify=trusted) as client:
            assert client.get("/").status_code == 502  # there is no such name yet
            for address in ("127.0.0.2", "127.0.0.3"):
                names.address = address
                eventually(partial(_is_reached, client, address))


def _is_reached(client: httpx.Client, address: str) -> bool:
    return client.get("/").text == address
