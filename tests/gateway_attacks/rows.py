"""What a row is, and the requests that many rows are made of."""

from collections.abc import Iterable
from dataclasses import dataclass

PATH = "/api/v1/posts"


@dataclass(frozen=True, slots=True)
class Row:
    """``status`` and ``code`` are of the answer; ``code`` is empty where the request is served."""

    name: str
    request: bytes
    status: int
    code: str = ""

    def __str__(self) -> str:
        return self.name


def raw(line: str, *headers: str, body: bytes = b"", host: str | None = "localhost") -> bytes:
    """A request, spelt as it is given: one character is one byte."""
    hosts = [] if host is None else [f"Host: {host}"]
    return "".join(f"{each}\r\n" for each in (line, *hosts, *headers, "")).encode("latin-1") + body


def get(*headers: str, path: str = PATH, host: str | None = "localhost") -> bytes:
    return raw(f"GET {path} HTTP/1.1", *headers, host=host)


def post(*headers: str, body: bytes = b"") -> bytes:
    return raw(f"POST {PATH} HTTP/1.1", *headers, body=body)


def rows(kind: str, status: int, code: str, requests: Iterable[tuple[str, bytes]]) -> list[Row]:
    """Several that get the same answer."""
    return [Row(f"{kind}: {name}", request, status, code) for name, request in requests]
