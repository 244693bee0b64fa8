"""HTTP/1.1 by hand, for what a client library would never send."""

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass
class RawAnswer:
    """What came back before the connection closed or fell silent."""

    data: bytes
    closed: bool

    @property
    def status(self) -> int:
        return int(self.data.split(b" ", 2)[1]) if self.data.startswith(b"HTTP/1.1 ") else 0

    @property
    def head(self) -> str:
        return self.data.partition(b"\r\n\r\n")[0].decode("latin-1").lower()

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]


def exchange(port: int, *parts: bytes, wait: float = 2, pause: float = 0, host: str = "127.0.0.1") -> RawAnswer:
    """Send the parts and read until the end of the first answer, a close, or ``wait`` seconds of silence."""
    with socket.create_connection((host, port)) as connection:
        connection.settimeout(wait)
        _send(connection, parts, pause)
        return read_answer(connection)


def read_answer(connection: socket.socket) -> RawAnswer:
    data = b""
    try:
        while not _complete(data):
            received = connection.recv(65536)
            if not received:
                return RawAnswer(data, closed=True)
            data += received
    except (TimeoutError, ConnectionResetError):
        return RawAnswer(data, closed=False)
    return RawAnswer(data, closed=False)


def get(path: str, *headers: str, method: str = "GET", host: str = "localhost") -> bytes:
    """A request without a body."""
    lines = "".join(f"{line}\r\n" for line in (f"Host: {host}", *headers))
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")


def _send(connection: socket.socket, parts: Iterable[bytes], pause: float) -> None:
    for part in parts:
        try:
            connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            return
        time.sleep(pause)


def _complete(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    if not end or head.startswith(b"HTTP/1.1 100"):
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
        if line.startswith(b"transfer-encoding:"):
            return body.endswith(b"0\r\n\r\n")
    return b" 204 " in head.partition(b"\r\n")[0]
