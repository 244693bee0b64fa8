"""For tests: somebody who calls the API, and a neighbour that answers as auth and media would."""

import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from chassis.django.testing import ApiResponse
from chassis.internal_client import CALLER_TOKEN_HEADER, CLIENT_ADDRESS_HEADER
from chassis.testing import TokenMint
from django.test import Client
from jwt import decode
from urllib3 import make_headers
from uuid_utils.compat import uuid7

SIZE = {"width": 1600, "height": 1200}
"""The size of every picture, in pixels."""


class Caller:
    """A client of blog, with a token unless there is no mint to make one."""

    def __init__(self, username: str, mint: TokenMint | None = None, *, roles: tuple[str, ...] = ("author",)) -> None:
        self.id: UUID = uuid7()
        self.username = username
        self.mint = mint
        self.roles = roles
        self.scope = "posts"
        self._client = Client(raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> ApiResponse:
        """Send a request, below /api/ unless the path begins with a slash.

        ``body`` is JSON unless it is bytes, headers have underscores for hyphens.
        """
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False) if body is not None else ""
        sent = {"Authorization": f"Bearer {self.token}"} if self.mint else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content_type = sent.pop("Content-Type", "application/json")
        return ApiResponse(
            self._client.generic(
                method, path if path[0] == "/" else f"/api/{path}", data, content_type=content_type, headers=sent
            )
        )

    @property
    def token(self) -> str:
        assert self.mint
        return self.mint.access(self.id, self.username, roles=self.roles, scope=self.scope)

    def get(self, path: str, **headers: str) -> ApiResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> ApiResponse:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any = None) -> ApiResponse:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any = None, **headers: str) -> ApiResponse:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> ApiResponse:
        return self.call("DELETE", path, **headers)

    def writes(self, title: str = "First light", **fields: Any) -> dict[str, Any]:
        """A post of the caller."""
        answer = self.post("v1/posts", {"title": title, "body": "# md"} | fields)
        assert answer.status == 201, answer
        return answer.body  # type: ignore[no-any-return]


class Neighbours:
    """Auth and media as blog's ``/internal/`` calls see them: an HTTP server on a free port."""

    def __init__(self, client_secret: str) -> None:
        self._client = make_headers(basic_auth=f"blog:{client_secret}")["authorization"]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.reset()

    def reset(self) -> None:
        self.assets: dict[str, dict[str, Any]] = {}
        self.authors: dict[str, dict[str, Any]] = {}
        self.accounts: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls: list[str] = []
        self.held_back: dict[str, str] = {}
        """Seconds that a client must wait with its log-in, by its address."""
        self.codes: dict[str, str] = {}
        """What a log-in takes beside the password."""
        self.pictures: dict[str, bytes] = {}
        """What media was sent, by id."""
        self.refused: dict[bytes, tuple[int, dict[str, Any]]] = {}
        """What media answers to a content that it does not take."""
        self.released: list[str] = []
        self.answering: Callable[[], AbstractContextManager[None]] = nullcontext
        """What media is in while it answers that it has taken a picture in."""
        self.away = False
        self.page_size = 100

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def has_asset(self, owner: Caller, status: str = "ready", *, sequence: int = 2) -> UUID:
        """A picture in media."""
        asset_id = uuid7()
        self.tells_of_asset(asset_id, owner, status, sequence=sequence)
        return asset_id

    def tells_of_asset(self, asset_id: UUID, owner: Caller, status: str, *, sequence: int) -> None:
        told = {"asset_id": str(asset_id), "owner_id": str(owner.id), "status": status, "sequence": sequence}
        self.assets[str(asset_id)] = told | SIZE

    def has_password(self, caller: Caller, password: str) -> None:
        """Somebody may log in with it."""
        account = {"user_id": str(caller.id), "username": caller.username, "roles": list(caller.roles)}
        self.accounts[caller.username, password] = account | {"sequence": 1}

    def has_account(self, caller: Caller, bio: str = "", *, sequence: int = 1) -> None:
        """Somebody registered in auth."""
        told = {
            "user_id": str(caller.id),
            "username": caller.username,
            "bio": bio,
            "avatar": None,
            "roles": list(caller.roles),
            "sequence": sequence,
        }
        self.authors[caller.username] = told

    def renames(self, caller: Caller, username: str) -> None:
        """Somebody is called otherwise; auth still knows them by the name they had."""
        told = self.authors[caller.username]
        self.authors[caller.username] = told | {"username": username, "sequence": told["sequence"] + 1}

    def _take_in(self, asset_id: str, token: str, content: bytes) -> tuple[int, dict[str, Any]]:
        if content in self.refused:
            return self.refused[content]
        owner = decode(token.removeprefix("Bearer "), options={"verify_signature": False})["sub"]
        self.assets[asset_id] = {"asset_id": asset_id, "owner_id": owner, "status": "ready", "sequence": 2, **SIZE}
        self.pictures[asset_id] = content
        return 201, {"id": asset_id}

    def _release(self, asset_id: str) -> None:
        self.released.append(asset_id)
        self.assets.pop(asset_id, None)
        self.pictures.pop(asset_id, None)

    def _answer(self, path: str, query: dict[str, list[str]]) -> dict[str, Any]:
        if path == "/internal/assets":
            return {"assets": [self.assets[key] for key in query["ids"][0].split(",") if key in self.assets]}
        if "after" in query:
            return {"authors": self._page(query["after"][0])}
        wanted = {text for name in ("ids", "usernames") for text in query.get(name, [""])[0].split(",")}
        known = self.authors.items()
        return {"authors": [told for name, told in known if wanted & {told["user_id"], told["username"], name}]}

    def _page(self, after: str) -> list[dict[str, Any]]:
        later = [author for author in self.authors.values() if author["user_id"] > after]
        return sorted(later, key=lambda author: str(author["user_id"]))[: self.page_size]

    def _handler(self) -> type[BaseHTTPRequestHandler]:  # noqa: C901  a short method for each kind of call
        neighbours = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                neighbours.calls.append(self.path)
                url = urlsplit(self.path)
                if url.path.startswith("/m/"):
                    self._send_picture(url.path.split("/")[2])
                    return
                trusted = self._shows_a_token_for("media" if url.path == "/internal/assets" else "auth")
                self._send(200 if trusted else 401, neighbours._answer(url.path, parse_qs(url.query)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if self.path == "/internal/tokens":
                    known = self.headers["Authorization"] == neighbours._client
                    token = {"access_token": f"for-{parse_qs(body)['audience'][0]}", "expires_in": 600}
                    self._send(200 if known else 401, token)
                    return
                neighbours.calls.append(self.path)
                sent = json.loads(body)
                account = neighbours.accounts.get((sent["login"], sent["password"]))
                seconds = neighbours.held_back.get(self.headers[CLIENT_ADDRESS_HEADER])
                code = neighbours.codes.get(sent["login"])
                is_right = account and sent.get("totp") == code
                status = 200 if is_right and self._shows_a_token_for("auth") else 401
                self._send(429 if seconds else status, account or {}, seconds)

            def do_PUT(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                assert self._shows_a_token_for("media")
                if neighbours.away:
                    self._send(503, {})
                    return
                asset_id = self.path.removeprefix("/internal/assets/")
                status, told = neighbours._take_in(asset_id, self.headers[CALLER_TOKEN_HEADER], content)
                with neighbours.answering():
                    self._send(status, told)

            def do_DELETE(self) -> None:
                assert self._shows_a_token_for("media")
                if not neighbours.away:
                    neighbours._release(urlsplit(self.path).path.removeprefix("/internal/assets/"))
                self._send(204, None)

            def _send_picture(self, asset_id: str) -> None:
                content = neighbours.pictures.get(asset_id, b"")
                self.send_response(200 if content else 404)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def _shows_a_token_for(self, audience: str) -> bool:
                return self.headers["Authorization"] == f"Bearer for-{audience}"

            def _send(self, status: int, body: dict[str, Any] | None, retry_after: str | None = None) -> None:
                content = b"" if body is None else json.dumps(body).encode()
                self.send_response(503 if neighbours.away else status)
                if retry_after:
                    self.send_header("Retry-After", retry_after)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
