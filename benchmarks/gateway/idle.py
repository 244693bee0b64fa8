"""What connections cost on which nothing is asked."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack

from chassis.testing import TokenMint

from benchmarks.gateway.peers import Field
from benchmarks.processes import Measured
from benchmarks.results import Figure

CONNECTIONS, QUICK_CONNECTIONS = 10_000, 2_000
_REQUEST = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"


def measure(start: Field, _: TokenMint, *, quick: bool) -> Iterator[Figure]:
    """Of clients that have had an answer each, and stay."""
    number = QUICK_CONNECTIONS if quick else CONNECTIONS
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    gateway = start.gateway("gateway")
    before = gateway.resident_bytes() / 2**20
    with ExitStack() as stack:
        connections = [stack.enter_context(_asked(gateway)) for _ in range(number)]
        with_them = gateway.resident_bytes() / 2**20
        for connection in connections[:: number // 10]:  # none was closed to make room
            _ask(connection)
    yield Figure(
        id="idle",
        what=f"memory with {number:,} idle connections",
        value=round(with_them, 1),
        unit="MB",
        beside={"without, MB": round(before, 1), "each, KB": round(1024 * (with_them - before) / number, 1)},
    ).at_most(150)


def _asked(gateway: Measured) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=10)
    _ask(connection)
    return connection


def _ask(connection: socket.socket) -> None:
    connection.sendall(_REQUEST)
    if not connection.recv(4096).startswith(b"HTTP/1.1 200 "):
        raise AssertionError("there was no answer")
