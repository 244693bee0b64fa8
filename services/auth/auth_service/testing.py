"""For tests: somebody who calls the API."""

import json
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import jwt
from chassis.django.testing import ApiResponse
from chassis.testing.local_server import LocalServer, Received
from django.test import Client
from uuid_utils.compat import uuid7

from auth_service.mails.listing import mails_in, text_of
from auth_service.mails.tasks import mails_send
from auth_service.users.hashers import Argon2id

PASSWORD = "correct horse battery staple"  # noqa: S105  of people who do not exist


AtOnce = Callable[[Sequence[Callable[[], Any]]], list[Any]]
"""Calls each function in a thread of its own, all at the same moment, and gives what they returned."""


class Caller:
    """A client of auth, with the tokens of its log-in once there is one."""

    def __init__(self, username: str = "") -> None:
        self.username = username
        self.email = f"{username}@example.org"
        self.id: UUID | None = None
        self.access = ""
        self.refresh = ""
        self.peer = "127.0.0.1"
        self._client = Client()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> ApiResponse:
        """Send a request; ``body`` is JSON unless it is bytes, and ``headers`` have underscores for hyphens."""
        data = body if isinstance(body, bytes) else json.dumps(body) if body is not None else ""
        sent = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        response = self._client.generic(
            method, path, data, content_type="application/json", headers=sent, REMOTE_ADDR=self.peer
        )
        return ApiResponse(response)

    @property
    def cookies(self) -> SimpleCookie:
        """What a browser would keep and send."""
        return self._client.cookies

    def get(self, path: str, **headers: str) -> ApiResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> ApiResponse:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> ApiResponse:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str) -> ApiResponse:
        return self.call("DELETE", path)

    def register(self) -> ApiResponse:
        body = {"email": self.email, "username": self.username, "password": PASSWORD}
        answer = self.post("/api/v1/auth/users", body)
        self.id = UUID(answer.body["id"])
        return answer

    def log_in(self) -> ApiResponse:
        answer = self.post("/api/v1/auth/jwt/create", {"login": self.username, "password": PASSWORD})
        self.access, self.refresh = answer.body["access"], answer.body["refresh"]
        return answer


class CheapArgon2id(Argon2id):
    """A hasher as real as is needed to tell right from wrong a thousand times."""

    time_cost = 1
    memory_cost = 8


class Mailbox:
    """The mails that were written into the folder, as their receiver sees them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def receive(self) -> list[EmailMessage]:
        """Have sent what is due; the new mails, oldest first."""
        mails_send()  # the job: it finds out who has asked, and sends
        received = mails_in(self.folder)
        for file in self.folder.glob("*.eml"):
            file.unlink()
        return received

    def link(self) -> "Link":
        """The link in the only new mail that has one."""
        texts = [text_of(message) for message in self.receive()]
        (url,) = [line for text in texts for line in text.splitlines() if line.startswith("http")]
        return Link(*urlsplit(url).path.rsplit("/", 2))


class Link(NamedTuple):
    """A mailed link: the path of its page, the account, the token."""

    page: str
    uid: str
    token: str

    @property
    def path(self) -> str:
        return "/".join(self)


class Media:
    """Media as auth's ``/internal/`` calls see it."""

    def __init__(self, server: LocalServer) -> None:
        self.pictures: dict[UUID, tuple[UUID, str]] = {}
        self.away = False
        server.reply = self._reply

    def has(self, owner: Caller, status: str = "ready") -> UUID:
        """A picture of somebody's."""
        assert owner.id
        asset_id = uuid7()
        self.pictures[asset_id] = (owner.id, status)
        return asset_id

    def _reply(self, request: Received) -> tuple[int, bytes]:
        if self.away:
            return 503, b""
        token = request.headers["authorization"].removeprefix("Bearer ")
        said = jwt.decode(token, options={"verify_signature": False})  # the key is in a transaction of the test's
        if (jwt.get_unverified_header(token)["typ"], said["sub"], said["aud"]) != ("service+jwt", "auth", "media"):
            return 401, b""
        asked = [UUID(text) for text in parse_qs(urlsplit(request.path).query)["ids"][0].split(",")]
        there = [(asset_id, *self.pictures[asset_id]) for asset_id in asked if asset_id in self.pictures]
        assets = [{"asset_id": str(one), "owner_id": str(owner), "status": status} for one, owner, status in there]
        return 200, json.dumps({"assets": assets}).encode()
