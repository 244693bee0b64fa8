"""Uploads in pieces, as a client of tus sends them."""

import base64
import hashlib
from typing import Any
from uuid import UUID

import httpx

from media_service.testing.people import Person

UPLOADS = "/api/v2/uploads"
RESUMABLE = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def metadata(**values: str) -> str:
    """Upload-Metadata of these values."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def checksum(content: bytes, algorithm: str = "sha1") -> str:
    """Upload-Checksum of these bytes."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


class Sender:
    """Somebody who sends pictures in pieces."""

    def __init__(self, person: Person) -> None:
        self.person = person

    async def send(
        self, method: str, url: str = UPLOADS, *, headers: dict[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """A request with these headers; one that is empty is left out."""
        sent = {name: value for name, value in (RESUMABLE | (headers or {})).items() if value is not None}
        return await self.person.send(method, url, headers=sent, **options)

    async def create(self, length: int | None, *, content: Any = None, **headers: str) -> httpx.Response:
        said = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.send("POST", headers=said | (BYTES if content is not None else {}), content=content)

    async def has_created(self, length: int | None, **headers: str) -> str:
        """The path of a new upload."""
        answer = await self.create(length, content=None, **headers)
        assert answer.status_code == 201, answer.text
        return httpx.URL(answer.headers["location"]).path

    async def append(self, url: str, offset: int, content: Any, **headers: str) -> httpx.Response:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.send("PATCH", url, headers={"Upload-Offset": str(offset)} | BYTES | said, content=content)

    async def offset(self, url: str) -> int:
        """Where the upload is, as HEAD tells."""
        answer = await self.send("HEAD", url)
        assert answer.status_code == 200
        return int(answer.headers["upload-offset"])


def upload_id(url: str) -> UUID:
    return UUID(url.rpartition("/")[2])
