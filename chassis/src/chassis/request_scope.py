"""What every served request gets, whatever the framework: an id, a span, a deadline, metrics, one line in the log."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chassis import deadline, tracing
from chassis.logging import bind_request, clear_request, get_logger
from chassis.metrics import RequestTimer, http_request

PROBES = frozenset({"/livez", "/readyz", "/metrics"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

log = get_logger()


class RequestScope:
    """The request being served; set ``timer.route`` and ``timer.status`` when they are known."""

    __slots__ = ("request_id", "timer")

    def __init__(self, request_id: str, timer: RequestTimer) -> None:
        self.request_id = request_id
        self.timer = timer


@contextmanager
def request_scope(method: str, header: Callable[[str], str | None]) -> Iterator[RequestScope]:
    """Serve one request; ``header`` gives a header as it came, by its lower-case name."""
    caller, state = header("traceparent"), header("tracestate")
    with tracing.span(method, kind="SERVER", parent=caller, state=state) as span, http_request(method) as timer:
        scope = RequestScope(accepted_request_id(header("x-request-id")), timer)
        clear_request()  # a worker's thread serves many requests
        bind_request(request_id=scope.request_id)
        deadline.begin(header(deadline.HEADER.lower()))
        try:
            yield scope
        finally:
            if span is not None:
                span.update_name(f"{method} {timer.route}")
                span.set_attributes({"http.route": timer.route, "http.response.status_code": timer.status})
            if timer.route not in PROBES:
                duration = round(timer.seconds * 1000, 1)
                log.info("request", method=method, route=timer.route, status=timer.status, duration_ms=duration)
            clear_request()
            deadline.end()


def accepted_request_id(header: str | None) -> str:
    """The caller's id if it is 8 to 64 of ``A-Za-z0-9-``, else a new one."""
    if header and _REQUEST_ID.fullmatch(header):
        return header
    return random.randbytes(16).hex()  # noqa: S311  ids need not be secret, and the kernel's randomness is slow
