"""One request and its answer on their way through the chain."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from chassis.request_scope import accepted_request_id
from chassis.tokens import Claims

from gateway_service.routing import Rule, Target

Header = tuple[bytes, bytes]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

NOSNIFF = (b"x-content-type-options", b"nosniff")
SERVER = (b"server", b"broadsheet")  # or the server adds its own name


@dataclass(frozen=True, slots=True)
class Response:
    """An answer the gateway gives itself."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = ()


class Exchange:
    """What is known so far. Links of the chain fill it in, in their order."""

    __slots__ = (
        "added_headers",
        "body_arrived",
        "body_begun",
        "claims",
        "code",
        "fields",
        "headers",
        "method",
        "path",
        "raw_path",
        "receive",
        "request_id",
        "rule",
        "scope",
        "send",
        "started",
        "status",
        "target",
        "template",
        "upstream_seconds",
        "user_hash",
        "vary",
        "version",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.started = time.perf_counter()
        self.method: str = scope["method"]
        self.headers: list[Header] = scope["headers"]
        self.fields: dict[bytes, bytes] = dict(self.headers)
        self.raw_path: bytes = scope["raw_path"]
        caller_id = self.fields.get(b"x-request-id")
        self.request_id = accepted_request_id(caller_id.decode("latin-1") if caller_id else None)
        self.path = ""
        self.version: str | None = None
        self.template = "unknown"  # of the route, for log and metrics
        self.target: Target | None = None
        self.rule: Rule | None = None
        self.claims: Claims | None = None
        self.user_hash: str | None = None
        self.status = 0  # of the answer, once it has begun
        self.code: str | None = None  # why the gateway refused
        self.upstream_seconds: float | None = None
        self.added_headers: list[Header] = [(b"x-request-id", self.request_id.encode()), NOSNIFF, SERVER]
        self.vary = b"Origin"
        # announced by length or in chunks (RFC 9112, 6.3)
        self.body_arrived = b"transfer-encoding" not in self.fields and self.fields.get(b"content-length", b"0") == b"0"
        self.body_begun = False  # asked for, so that a client that expects "100 Continue" sends it
