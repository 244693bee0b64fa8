"""Stands outermost around the services: answers in the coding that their client wants most, where that is worth it."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial

from chassis.metrics import counter

from gateway_service.chain.link import Forwarding
from gateway_service.compression.allowance import Allowance
from gateway_service.compression.codings import ENCODERS, chosen, encoded
from gateway_service.compression.tags import for_service, marked
from gateway_service.config import Whose
from gateway_service.exchange import Exchange
from gateway_service.guard_rules import CompressionRules
from gateway_service.messages import Between, Give, Header, Response, Source

_REMEMBERED = 500
_ENCODED = frozenset({200, 203, 404, 410})
_WORTH_IT = (
    b"text/",
    b"application/json",
    b"application/problem+json",
    b"application/vnd.broadsheet+json",
    b"application/feed+json",
    b"application/xml",
    b"application/rss+xml",
    b"application/atom+xml",
    b"application/openapi+json",
    b"image/svg+xml",
)
_READING = frozenset({"GET", "HEAD"})
_STREAMS = b"text/event-stream"
_NEVER = re.compile(rb"no-transform|no-store")
"""What Cache-Control says against it: tokens, codes and secrets say the latter, and are short anyway."""
_OF_ONE_FORM = frozenset({b"content-encoding", b"content-range", b"set-cookie", b"x-accel-redirect"})
_OF_THE_BYTES = (b"content-length", b"accept-ranges", b"content-digest", b"content-md5")
"""What is not true of a body any more once it is encoded."""


class Compressing:
    """A Forwarding. Which routes, and for whom, is said by ``compress`` in gateway.yaml."""

    def __init__(self, forward: Forwarding, rules: CompressionRules, allowance: Allowance) -> None:
        self._allowance = allowance
        self.go_by(rules)
        self._forward = forward
        self._before = counter("gateway_compression_bytes_total").labels("before")
        self._after = counter("gateway_compression_bytes_total").labels("after")
        self._count = {coding: counter("gateway_compressed_total").labels(coding) for coding in ENCODERS}

    def go_by(self, rules: CompressionRules) -> None:
        self._rules = rules
        self._allowance.share = rules.cpu_share

    def __call__(self, exchange: Exchange, give: Give) -> None:
        assert exchange.rule is not None
        if exchange.rule.compress is None:
            self._forward(exchange, give)
            return
        coding = coding_of(exchange, exchange.rule.compress)
        known = for_service(exchange, coding)
        if exchange.method not in _READING:
            self._forward(exchange, give)
            return
        self._forward(exchange, partial(self._pass, exchange, coding, known, give))

    def _pass(
        self,
        exchange: Exchange,
        coding: str | None,
        known: frozenset[bytes],
        give: Give,
        outcome: Response | Exception,
    ) -> None:
        if isinstance(outcome, Response):
            fields = dict(outcome.headers)
            if outcome.status == 304:
                outcome.vary = _with_encoding(outcome.vary)
                if coding and fields.get(b"etag") in known:
                    outcome.headers = _changed(outcome.headers, {b"etag": marked(fields[b"etag"], coding)})
            elif is_worth_it(outcome.status, fields):
                outcome.vary = _with_encoding(outcome.vary)
                if coding and self._is_long(exchange, outcome, fields):
                    self._encode(coding, outcome, fields)
        give(outcome)

    def _is_long(self, exchange: Exchange, response: Response, fields: dict[bytes, bytes]) -> bool:
        """Enough for a coding to be of use, as far as is known."""
        if isinstance(response.body, bytes) and exchange.method != "HEAD":
            return len(response.body) >= self._rules.least_bytes
        return int(fields.get(b"content-length", self._rules.least_bytes)) >= self._rules.least_bytes

    def _encode(self, coding: str, response: Response, fields: dict[bytes, bytes]) -> None:
        """In place, if there is time for it."""
        forms, body = response.forms, response.body
        held = forms.get(coding) if forms is not None else None
        if held is None and not self._allowance.is_there():
            return
        self._count[coding].inc()
        changes: dict[bytes, bytes | None] = dict.fromkeys(_OF_THE_BYTES)
        changes[b"content-encoding"] = coding.encode()
        if b"etag" in fields:
            changes[b"etag"] = marked(fields[b"etag"], coding)
        if not isinstance(body, bytes):
            response.body = _Encoded(body, coding, self)
        elif body:
            response.body = held or self._form(coding, body, forms)
            changes[b"content-length"] = b"%d" % len(response.body)
        response.headers = _changed(response.headers, changes)

    def _form(self, coding: str, body: bytes, forms: dict[str, bytes] | None) -> bytes:
        """The body in a coding, which is kept with it as long as all its forms take no more room than itself."""
        form = self.spend(len(body), partial(encoded, coding, body))
        if forms is not None and sum(map(len, forms.values())) + len(form) <= len(body):
            forms[coding] = form
        return form

    def spend(self, size: int, work: Callable[[], bytes]) -> bytes:
        """Encode so many bytes."""
        done = self._allowance.spend(work)
        self._before.inc(size)
        self._after.inc(len(done))
        return done


def coding_of(exchange: Exchange, whose: Whose) -> str | None:
    """What an answer to this request would be encoded in, None for none."""
    if exchange.method not in _READING or b"range" in exchange.fields:
        return None
    if whose == "public" and b"authorization" in exchange.fields:
        return None
    return chosen(exchange.value(b"accept-encoding"))


def is_worth_it(status: int, fields: dict[bytes, bytes]) -> bool:
    """Whether an answer is text in one piece, not encoded yet, and may be changed."""
    return (
        status in _ENCODED
        and _is_text(fields.get(b"content-type", b""), fields.get(b"cache-control", b""))
        and _OF_ONE_FORM.isdisjoint(fields)
    )


@lru_cache(maxsize=_REMEMBERED)
def _is_text(kind: bytes, said: bytes) -> bool:
    return kind.startswith(_WORTH_IT) and not kind.startswith(_STREAMS) and not _NEVER.search(said)


class _Encoded(Between):
    """Encodes the parts that pass."""

    def __init__(self, source: Source, coding: str, compressing: Compressing) -> None:
        super().__init__(source)
        self._compressing = compressing
        self._encoder = ENCODERS[coding]()

    def part(self, data: bytes, *, last: bool) -> None:
        encoder = self._encoder
        form = self._compressing.spend(
            len(data), lambda: encoder.add(data) + encoder.end() if last else encoder.add(data)
        )
        if form or last:
            super().part(form, last=last)


def _with_encoding(vary: bytes) -> bytes:
    return vary + b", Accept-Encoding" if vary else b"Accept-Encoding"


def _changed(headers: Iterable[Header], changes: Mapping[bytes, bytes | None]) -> list[Header]:
    """With other values of these, or without them."""
    kept = [header for header in headers if header[0] not in changes]
    return [*kept, *((name, value) for name, value in changes.items() if value is not None)]
