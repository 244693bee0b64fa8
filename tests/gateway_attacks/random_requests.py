"""Requests made by chance: sound ones, and ones with a few bytes changed, in packets that end anywhere."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

PATHS = ("/api/v1/posts", "/api/v2/posts/{}", "/api/v1/posts/{}", "/api/v1/tags", "/m/{}/{}", "/livez", "/", "//{}")
QUERIES = ("", "?page={}", "?{}={}", "?a=%{}")
LONG = "{}," + "a,b" * 4000  # as long as a header may be, and each another
VALUES = ("a", "*/*", "application/json", "gzip, br", "close, {}", "{}", "\xe4{}", '"{}"', "a" * 200, LONG)
NAMES = ("Accept", "Accept-Encoding", "Accept-Language", "Origin", "X-Request-ID", "X-{}", "If-None-Match", "Cookie")
METHODS = ("GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
BODIES = (b"{}", b"a" * 50, b"\r\n\r\nGET / HTTP/1.1\r\n\r\n", b"")
MOST_REQUESTS = 8
_HEAD = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) [^\r\n]*\r\n((?:[!-9;-~]+: [^\r\n]*\r\n)*)\r\n")
_CHUNK = re.compile(rb"([0-9a-f]+)\r\n")
_BODILESS = {204, 304}


@dataclass(frozen=True)
class Conversation:
    """What one client sends; ``sound`` says whether each request of it is one, and the last asks for the end."""

    packets: Sequence[bytes]
    methods: Sequence[str]
    sound: bool


class Answer(NamedTuple):
    """``closes``: it is the last of its connection, as it says."""

    status: int
    closes: bool


class BadlyFramedError(Exception):
    """What came is no sequence of answers."""


class Chance:
    """Makes the same conversations from the same seed."""

    def __init__(self, seed: int, token: str) -> None:
        self._random = random.Random(seed)
        self._token = token

    def conversation(self) -> Conversation:
        """One of up to MOST_REQUESTS requests."""
        chance = self._random
        methods = [chance.choice(METHODS) for _ in range(self._few())]
        requests = [self._request(method) for method in methods]
        sound = chance.random() < 0.6
        if not sound:
            requests[-1] = self._changed(requests[-1])
        requests.append(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return Conversation(self._cut(b"".join(requests)), (*methods, "GET"), sound)

    def _few(self) -> int:
        return self._random.randint(1, MOST_REQUESTS - 1)

    def _word(self) -> str:
        return "".join(self._random.choices("abcdefgh0123456789", k=self._random.randint(1, 12)))

    def _filled(self, forms: Sequence[str]) -> str:
        return self._random.choice(forms).format(self._word(), self._word())

    def _request(self, method: str) -> bytes:
        chance = self._random
        lines = [f"{method} {self._filled(PATHS)}{self._filled(QUERIES)} HTTP/1.1", "Host: localhost"]
        lines += [f"{self._filled(NAMES)}: {self._filled(VALUES)}" for _ in range(chance.randint(0, 5))]
        if chance.random() < 0.5:
            lines.append(f"Authorization: Bearer {self._token if chance.random() < 0.7 else self._word()}")
        body = b""
        if method in {"POST", "PUT"}:
            framing, body = self._body()
            lines += framing
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1") + body

    def _body(self) -> tuple[list[str], bytes]:
        content = self._random.choice(BODIES)
        if self._random.random() < 0.5:
            return [f"Content-Length: {len(content)}"], content
        chunk = b"%x\r\n%b\r\n" % (len(content), content) if content else b""
        return ["Transfer-Encoding: chunked"], chunk + b"0\r\n\r\n"

    def _changed(self, request: bytes) -> bytes:
        """With some bytes put in, left out or doubled, or without its end. HEAD stays: its answers have no body."""
        chance = self._random
        kept = b"HEAD " if request.startswith(b"HEAD ") else b""
        changed = bytearray(request.removeprefix(kept))
        for _ in range(self._few()):
            at = chance.randrange(len(changed))
            match chance.randrange(4):
                case 0:
                    changed[at] = chance.randrange(256)
                case 1:
                    del changed[at : at + self._few()]
                case 2:
                    changed[at:at] = chance.randbytes(self._few())
                case _:
                    changed[at:at] = changed[at : at + 20]
            if not changed:
                break
        return kept + changed

    def _cut(self, data: bytes) -> list[bytes]:
        count = self._random.choice((0, 0, 1, 3, 10))
        ends = sorted(self._random.randrange(1, len(data)) for _ in range(count))
        return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]


def answers(data: bytes, methods: Sequence[str], *, whole: bool) -> list[Answer]:
    """The answers to these requests; raises BadlyFramedError. Unless it is ``whole`` the last may be cut short."""
    found: list[Answer] = []
    at = 0
    while at < len(data):
        head = _HEAD.match(data, at)
        if head is None:
            return _unless(found, cut=not whole and b"\r\n\r\n" not in data[at:])
        status, at = int(head[1]), head.end()
        if status == 100:
            continue
        fields = dict(line.partition(b": ")[::2] for line in head[2].lower().split(b"\r\n") if line)
        method = methods[len(found)] if len(found) < len(methods) else "GET"
        found.append(Answer(status, fields.get(b"connection") == b"close"))
        if method == "HEAD" or status in _BODILESS:
            continue
        end = _end(data, at, fields)
        if end is None or end > len(data):
            return _unless(found, cut=not whole)
        at = end
    return found


def _unless(found: list[Answer], *, cut: bool) -> list[Answer]:
    if not cut:
        raise BadlyFramedError
    return found


def _end(data: bytes, at: int, fields: dict[bytes, bytes]) -> int | None:
    """Where the body ends, None if it does not."""
    if (b"content-length" in fields) == (b"transfer-encoding" in fields):
        raise BadlyFramedError
    if b"content-length" in fields:
        return at + int(fields[b"content-length"])
    while chunk := _CHUNK.match(data, at):
        at = chunk.end() + int(chunk[1], 16) + 2
        if chunk[1] == b"0":
            return at
    return None
