"""One request on its way through the chain, and what is known of it so far."""

import time
from collections.abc import Callable
from typing import Any

from chassis.request_scope import accepted_request_id
from chassis.tokens import Claims
from chassis.tracing import SpanIds

from gateway_service.door.turn import Turn
from gateway_service.messages import Header
from gateway_service.rates.chosen import Quotas
from gateway_service.rates.quota import Standing
from gateway_service.routing import Rule, Target

NOSNIFF = (b"x-content-type-options", b"nosniff")
REFERRER_POLICY = (b"referrer-policy", b"same-origin")
"""The header of answers that have none of their own; pages whose address is a secret have a stricter one."""
SERVER = (b"server", b"broadsheet")


class Exchange:
    """Links of the chain fill it in, in their order. ``cancel`` ends what is being done for it."""

    client = ""  # its address
    path = ""
    at_pictures = False  # asked at a host of pictures
    version: str | None = None
    template = "unknown"  # of the route, for log and metrics
    target: Target | None = None
    rule: Rule | None = None
    quotas: Quotas | None = None
    standing: Standing | None = None  # in the tightest of them
    claims: Claims | None = None
    user_hash: str | None = None
    status = 0  # of the response, once it has begun
    code: str | None = None  # why the gateway refused
    upstream_seconds: float | None = None
    vary = b"Origin"
    cancel: Callable[[], object] | None = None

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
        self.added_headers: list[Header] = [(b"x-request-id", self.request_id.encode()), NOSNIFF, SERVER]

    def value(self, name: bytes) -> bytes:
        """All that a header of the request says, empty if it is not there."""
        if len(self.fields) == len(self.headers):
            return self.fields.get(name, b"")
        return b",".join(value for each, value in self.headers if each == name)
