"""A person at the gateway, for the test pods: what they do, with a deadline on what takes time."""
# ruff: noqa: T201  what it prints is read with kubectl logs

import os
import secrets
import struct
import sys
import time
import zlib
from collections.abc import Callable
from typing import Any

import httpx


class Visitor(httpx.Client):
    """Talks to the gateway's Service under the public host name, as the edge does."""

    def __init__(self) -> None:
        public = httpx.URL(os.environ["PUBLIC_URL"])
        host = {"Host": public.netloc.decode(), "X-Forwarded-Proto": public.scheme}
        super().__init__(base_url=os.environ["GATEWAY"], headers=host, timeout=20)

    def sign_up(self) -> str:
        """Register a new account and log in; answers its username."""
        username = f"helmtest-{secrets.token_hex(6)}"
        password = secrets.token_urlsafe(16)
        account = {"username": username, "email": f"{username}@example.org", "password": password}
        self.expect(201, "POST", "/api/v1/auth/users", json=account)
        pair = self.expect(200, "POST", "/api/v1/auth/jwt/create", json={"username": username, "password": password})
        self.headers["Authorization"] = f"Bearer {pair.json()['access']}"
        return username

    def upload(self) -> dict[str, Any]:
        """Upload a small picture."""
        answer = self.expect(201, "POST", "/api/v1/media", files={"file": ("test.png", picture(), "image/png")})
        asset: dict[str, Any] = answer.json()
        return asset

    def expect(self, status: int, method: str, path: str, **content: Any) -> httpx.Response:
        """One request; ends the test when the status is another."""
        answer = self.request(method, path, **content)
        if answer.status_code != status:
            sys.exit(f"{method} {path}: expected {status}, got {answer.status_code}: {answer.text[:500]}")
        return answer


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
