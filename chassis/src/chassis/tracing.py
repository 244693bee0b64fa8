"""One trace through all services (W3C Trace Context), exported over OTLP/HTTP only where an endpoint is set.

Ids are carried and logged even when nothing is exported; the OpenTelemetry SDK is imported only when something is.
"""

import random
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Literal, NamedTuple, Protocol

Kind = Literal["SERVER", "CLIENT", "PRODUCER", "CONSUMER", "INTERNAL"]

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_TRACESTATE = re.compile(r"[ -~]{1,512}")


class SpanIds(NamedTuple):
    """Where in which trace: lower-case hexadecimal, as in a ``traceparent``; ``state`` is others' ``tracestate``."""

    trace_id: str
    span_id: str
    flags: str = "00"
    state: str = ""

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    @property
    def is_sampled(self) -> bool:
        """Whether somebody keeps this trace, so that it can be looked up."""
        return self.flags != "00" and bool(int(self.flags, 16) & 1)


_current: ContextVar[SpanIds | None] = ContextVar("span", default=None)
_exporter: "Exporter | None" = None


class Exporter(Protocol):
    """Makes the spans that leave this process, those of a ``share`` of the traces that begin here among them."""

    share: float

    def begin(self, name: str, kind: Kind, above: SpanIds | None) -> tuple[Any, SpanIds]:
        """Start a span below ``above``, to be ended; gives it and its ids."""

    def span(self, name: str, kind: Kind, above: SpanIds | None) -> AbstractContextManager[tuple[Any, SpanIds]]:
        """A span below ``above`` as the current one, and its ids."""

    def close(self) -> None:
        """Send what is finished and stop."""


def parse(traceparent: str | None, tracestate: str | None = None) -> SpanIds | None:
    """What a ``traceparent`` header says, or None if there is none or it is not valid; ``tracestate`` goes with it."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    if not match or not int(match[1], 16) or not int(match[2], 16):
        return None
    state = tracestate if tracestate and _TRACESTATE.fullmatch(tracestate) else ""
    return SpanIds(match[1], match[2], match[3], state)


def headers() -> dict[str, str]:
    """``traceparent`` and, where others said something of this trace, ``tracestate``, to send on; empty outside any."""
    ids = _current.get()
    state = {"tracestate": ids.state} if ids and ids.state else {}
    return {"traceparent": ids.traceparent} | state if ids else {}


def current_ids() -> dict[str, str]:
    """``trace_id`` and ``span_id`` for a log line; empty outside any span."""
    ids = _current.get()
    return {"trace_id": ids.trace_id, "span_id": ids.span_id} if ids else {}


def sampled_trace_id() -> str | None:
    """The id of the current trace where it is kept; None for one that nobody could look up."""
    ids = _current.get()
    return ids.trace_id if ids and ids.is_sampled else None


@contextmanager
def span(name: str, *, kind: Kind = "INTERNAL", parent: str | None = None, state: str | None = None) -> Iterator[Any]:
    """Do something as a span, child of ``parent`` (a traceparent, and its tracestate) or else of the current one.

    Gives the OpenTelemetry span to set attributes on, or None where it is not exported.
    """
    above = parse(parent, state) or _current.get()
    if exporter := _exporter_of(above):
        with exporter.span(name, kind, above) as (exported, ids), _as_current(ids):
            yield exported
    else:
        above = above or SpanIds(_random_id(16), "")
        with _as_current(SpanIds(above.trace_id, _random_id(8), above.flags, above.state)):
            yield None


def begin(name: str, *, kind: Kind, parent: str | None = None) -> tuple[SpanIds, Any]:
    """Start a span of work that is no block of code, such as a request that is served by callbacks.

    Gives its ids, and the OpenTelemetry span to be ended, or None where it is not exported. It is not the current one.
    """
    above = parse(parent) if parent else None
    if exporter := _exporter_of(above):
        span, ids = exporter.begin(name, kind, above)
        return ids, span
    if above is None:
        fresh = _random_id(24)
        return SpanIds(fresh[:32], fresh[32:]), None
    return SpanIds(above.trace_id, _random_id(8), above.flags), None


def export_through(exporter: Exporter) -> None:
    """Export spans from now on."""
    global _exporter  # noqa: PLW0603  one per process, like the SDK's own provider
    _exporter = exporter


def _exporter_of(above: SpanIds | None) -> Exporter | None:
    """Who exports a span below this one: all of a trace is, or nothing, as was decided where it began.

    Decided here and not by the SDK, whose spans cost as much when they are not exported as a tenth of a request.
    """
    if _exporter is None:
        return None
    kept = above.is_sampled if above else random.random() < _exporter.share  # noqa: S311  nothing hangs on a guess
    return _exporter if kept else None


def _random_id(length: int) -> str:
    # as the SDK makes them: asking the kernel for every id would be a tenth of the gateway's work
    return random.randbytes(length).hex()  # noqa: S311  ids need not be secret


@contextmanager
def _as_current(ids: SpanIds) -> Iterator[None]:
    token = _current.set(ids)
    try:
        yield
    finally:
        _current.reset(token)
