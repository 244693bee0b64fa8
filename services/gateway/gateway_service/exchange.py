"""One request on its way through the chain, and what is known of it so far."""

import time
from collections.abc import Callable
from typing import Any

from chassis.request_scope import accepted_request_id
from chassis.tokens import Claims
from chassis.tracing import SpanIds

from gateway_service.door.turn import Turn
from gateway_service.messages import Header
from gateway_service.routing import Rule, Target

NOSNIFF = (b"x-content-type-options", b"nosniff")
SERVER = (b"server", b"broadsheet")


class Exchange:
    """Links of the chain fill it in, in their order. ``cancel`` ends what is being done for it."""

    __slots__ = (
        "added_headers",
        "cancel",
        "claims",
        "code",
        "fields",
        "headers",
        "method",
        "path",
        "raw_path",
        "request_id",
        "rule",
        "span",
        "started",
        "status",
        "target",
        "template",
        "trace",
        "turn",
        "upstream_seconds",
        "user_hash",
        "vary",
        "version",
    )

    def __init__(self, turn: Turn, trace: SpanIds, span: Any = None) -> None:
        head = turn.head
        self.turn = turn
        self.trace = trace
        self.span = span
        self.started = time.perf_counter()
        self.method = head.method
        self.headers = head.headers
        self.fields = head.fields
        self.raw_path = head.raw_path
        caller_id = head.fields.get(b"x-request-id")
        self.request_id = accepted_request_id(caller_id.decode("latin-1") if caller_id else None)
        self.path = ""
        self.version: str | None = None
        self.template = "unknown"  # of the route, for log and metrics
        self.target: Target | None = None
        self.rule: Rule | None = None
        self.claims: Claims | None = None
        self.user_hash: str | None = None
        self.status = 0  # of the response, once it has begun
        self.code: str | None = None  # why the gateway refused
        self.upstream_seconds: float | None = None
        self.added_headers: list[Header] = [(b"x-request-id", self.request_id.encode()), NOSNIFF, SERVER]
        self.vary = b"Origin"
        self.cancel: Callable[[], object] | None = None
