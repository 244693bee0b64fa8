"""100 MB up and down: what they cost beside nginx, and that they pass without being held."""

import socket
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from chassis.testing import TokenMint

from benchmarks.gateway.peers import Field
from benchmarks.gateway.proxied import USER
from benchmarks.processes import Measured
from benchmarks.results import Figure, median_ratio
from launcher import ROOT

MEGABYTES = 100
_PIECE = bytes(1024 * 1024)
ASSET = "/api/v2/assets/01890000-0000-7000-8000-00000000a55e"
DOWN, UP = "/api/v1/media/01890000-0000-7000-8000-00000000a55e/content", f"{ASSET}/content"
Costs = dict[str, dict[str, list[float]]]


def measure(start: Field, mint: TokenMint, *, quick: bool) -> Iterator[Figure]:
    """CPU for each MB in turns, and the gateway's memory over all of them."""
    turns = 2 if quick else 5
    file = start.files / DOWN[1:]
    file.parent.mkdir(parents=True)
    file.write_bytes(_PIECE * MEGABYTES)
    (start.files / UP[1:]).parent.mkdir(parents=True)
    token = mint.access(USER, "alice", scope="media")
    with TemporaryDirectory() as folder:
        gateway = start.gateway("gateway", GATEWAY_CONFIG=str(_configuration(Path(folder))))
        nginx = start.nginx()
        costs: Costs = {"down": {}, "up": {}}
        before = 0.0
        for turn in range(turns + 1):
            if turn == 1:
                before = gateway.resident_bytes() / 2**20
                gateway.forget_peak()
            for peer in (gateway, nginx):
                for way, transfer in (("down", _download), ("up", _upload)):
                    cost = _cost(peer, transfer, token)
                    if turn:  # the first warms up
                        costs[way].setdefault(peer.name, []).append(cost)
        grown = gateway.peak_bytes() / 2**20 - before
    yield Figure(
        id="transfer-memory",
        what=f"memory that {MEGABYTES} MB up and down take",
        value=round(grown, 1),
        unit="MB",
        beside={"before, MB": round(before, 1)},
    ).at_most(20)
    for way, of_peers in costs.items():
        yield _figure(way, of_peers)


def _figure(way: str, costs: dict[str, list[float]]) -> Figure:
    ratio = median_ratio(costs["gateway"], costs["nginx"])
    return Figure(
        id=f"transfer-{way}",
        what=f"CPU of a MB {way}, over nginx's",
        value=ratio,
        unit="times",
        beside={f"{name}, µs": round(statistics.median(each)) for name, each in costs.items()},
        ratio=ratio,
    ).at_most(2)


def _cost(peer: Measured, transfer: Callable[[socket.socket, str], None], token: str) -> float:
    """CPU µs for each MB."""
    before = peer.cpu_micros()
    with socket.create_connection(("127.0.0.1", peer.port), timeout=60) as connection:
        transfer(connection, token)
    return (peer.cpu_micros() - before) / MEGABYTES


def _download(connection: socket.socket, token: str) -> None:
    connection.sendall(_head("GET", DOWN, token))
    _, body = _answer(connection, b"200")
    left, room = MEGABYTES * len(_PIECE) - len(body), bytearray(len(_PIECE))
    while left:
        count = connection.recv_into(room)
        if not count:
            raise AssertionError(f"{left} bytes are missing")
        left -= count


def _upload(connection: socket.socket, token: str) -> None:
    connection.sendall(_head("PUT", UP, token, f"Content-Length: {MEGABYTES * len(_PIECE)}"))
    for _ in range(MEGABYTES):
        connection.sendall(_PIECE)
    _answer(connection, b"20")


def _head(method: str, path: str, token: str, *more: str) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}", *more)
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


def _answer(connection: socket.socket, status: bytes) -> tuple[bytes, bytes]:
    """The head of an answer of this status, and what came of the body with it."""
    data = b""
    while b"\r\n\r\n" not in data and (more := connection.recv(65536)):
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 " + status):
        raise AssertionError(data.decode())
    return head, body


def _configuration(folder: Path) -> Path:
    """The packaged one, which takes bodies as large as this."""
    packaged = (ROOT / "services/gateway/gateway_service/gateway.yaml").read_text()
    path = folder / "gateway.yaml"
    path.write_text(packaged.replace("body_bytes: 57671680", f"body_bytes: {2 * MEGABYTES * len(_PIECE)}"))
    return path
