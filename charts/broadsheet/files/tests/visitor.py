"""A person at the gateway, for the test pods: what they do, with a deadline on what takes time."""
# ruff: noqa: T201  what it prints is read with kubectl logs

import json
import os
import secrets
import struct
import sys
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """What the gateway answered."""

    status: int
    headers: Message
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


class Visitor:
    """Talks to the gateway's Service under the public host name, as the edge does."""

    def __init__(self) -> None:
        public = urlsplit(os.environ["PUBLIC_URL"])
        self.headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}

    def sign_up(self) -> str:
        """Register a new account and log in; answers its username."""
        username = f"helmtest-{secrets.token_hex(6)}"
        password = secrets.token_urlsafe(16)
        account = {"username": username, "email": f"{username}@example.org", "password": password}
        self.expect(201, "POST", "/api/v1/auth/users", account)
        pair = self.expect(200, "POST", "/api/v1/auth/jwt/create", {"username": username, "password": password})
        self.headers["Authorization"] = f"Bearer {pair.json()['access']}"
        return username

    def upload(self) -> dict[str, Any]:
        """Upload a small picture."""
        head = 'Content-Disposition: form-data; name="file"; filename="test.png"\r\nContent-Type: image/png'
        body = f"--part\r\n{head}\r\n\r\n".encode() + picture() + b"\r\n--part--\r\n"
        answer = self.request("POST", "/api/v1/media", body, "multipart/form-data; boundary=part")
        if answer.status != 201:
            sys.exit(f"upload: expected 201, got {answer.status}: {answer.content[:500]!r}")
        asset: dict[str, Any] = answer.json()
        return asset

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def expect(self, status: int, method: str, path: str, content: Any = None) -> Answer:
        """One request with a JSON body, or none; ends the test when the status is another."""
        answer = self.request(method, path, None if content is None else json.dumps(content).encode())
        if answer.status != status:
            sys.exit(f"{method} {path}: expected {status}, got {answer.status}: {answer.content[:500]!r}")
        return answer

    def request(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Answer:
        headers = self.headers | ({} if body is None else {"Content-Type": kind})
        request = urllib.request.Request(os.environ["GATEWAY"] + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, refused.headers, refused.read())


def eventually(what: str, happened: Callable[[], bool], seconds: float = 60) -> None:
    """Ask again until it happened; ends the test when the time is over."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            sys.exit(f"not within {seconds:g} s: {what}")
        time.sleep(0.5)
    print(f"ok: {what}", flush=True)


def picture(width: int = 640, height: int = 480) -> bytes:
    """A PNG in which no two runs agree, so that nothing is served from an earlier run."""
    colour = secrets.token_bytes(3)
    row = b"\x00" + b"".join(bytes((x * c // width) & 255 for c in colour) for x in range(width))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(row * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
