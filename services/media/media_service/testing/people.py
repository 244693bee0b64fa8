"""The people of the tests, as they talk to media."""

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

ALICE, BOB = UUID("01900000-0000-7000-8000-00000000000a"), UUID("01900000-0000-7000-8000-00000000000b")
Json = dict[str, Any]


def files_in(folder: Path) -> int:
    """How many files lie below a folder."""
    return sum(path.is_file() for path in folder.rglob("*"))


class Person:
    """Somebody who talks to media, and takes WebP: with a token, or a stranger."""

    def __init__(self, http: httpx.AsyncClient, token: str | None = None) -> None:
        self.http = http
        self.headers = {"accept": "image/webp,*/*"} | ({"Authorization": f"Bearer {token}"} if token else {})

    async def get(self, url: str, **headers: str) -> httpx.Response:
        return await self.http.get(url, headers=self.headers | {k.replace("_", "-"): v for k, v in headers.items()})

    async def send(self, method: str, url: str, **options: Any) -> httpx.Response:
        return await self.http.request(method, url, headers=self.headers | options.pop("headers", {}), **options)

    async def upload(
        self, content: bytes, name: str = "picture.jpg", key: str | None = None, **fields: str
    ) -> httpx.Response:
        files, once = {"file": (name, content)}, {"Idempotency-Key": key} if key is not None else {}
        return await self.http.post("/api/v1/media", files=files, data=fields, headers=self.headers | once)

    async def has_uploaded(self, content: bytes, **fields: str) -> Json:
        """The asset of an upload that was taken."""
        answer = await self.upload(content, **fields)
        assert answer.status_code == 201, answer.text
        asset: Json = answer.json()
        return asset
