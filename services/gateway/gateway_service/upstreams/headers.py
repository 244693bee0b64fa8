"""Which headers pass in each direction (RFC 9110, 7.6.1), and what the gateway says about the request itself."""

from collections.abc import Callable, Sequence
from itertools import compress
from operator import itemgetter
from urllib.parse import urlsplit

from chassis import deadline
from gateway_service.exchange import REFERRER_POLICY, Exchange
from gateway_service.messages import Header
from gateway_service.remembered import remembered
from gateway_service.upstreams.answer import Answer

_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# what a service could take for the word of the gateway, or for another path or method than the one checked here
_IDENTITY_PREFIXES = (
    "x-forwarded",
    "x-auth",
    "x-user",
    "x-remote",
    "x-real-",
    "x-client",
    "x-cluster-client",
    "x-authenticated",
    "x-consumer",
    "x-jwt",
    "x-claims",
    "x-roles",
    "x-scope",
    "x-subject",
    "x-service",
    "x-internal",
    "x-original-",
    "x-rewrite-",
    "x-http-method",
    "x-method-override",
    "x-accel",
    "x-sendfile",
    "x-ssl",
    "x-envoy",
    "proxy",
    "remote-",
    "ssl-",
    "true-client-ip",
    "cf-connecting-ip",
    "fastly-client-ip",
    "forwarded",
)
_REPLACED = frozenset(
    {"host", "content-length", "expect", "x-request-id", "traceparent", "api-version", deadline.HEADER.lower()}
)
# what tells a server in front of us to send a file of its own, or how to treat the answer (nginx, Apache and others)
_TO_THE_EDGE = ("x-accel-", "x-sendfile", "x-lighttpd-send", "x-litespeed-", "x-reproxy-")
_COOKIES = ("cookie", "set-cookie")  # as the above, they pass on routes that declare them
_NOT_IN = (*_IDENTITY_PREFIXES, *_COOKIES)
# by which caches before the gateway forget an answer: they say what it is made of (Fastly, Cloudflare, Varnish)
_TO_CACHES = ("surrogate-", "cache-tag", "edge-cache-tag", "xkey")
_NOT_OUT = ("access-control-", *_COOKIES, *_TO_THE_EDGE, *_TO_CACHES)
_NOT_SHOWN = frozenset(
    {
        "server",
        "x-powered-by",
        "x-request-id",
        "api-version",
        "x-content-type-options",
        "strict-transport-security",
        "vary",
    }
)
_REMEMBERED = 500
_NAMES_LENGTH = 1000
_name = itemgetter(0)
_LISTS_NOTHING = frozenset({None, b"keep-alive", b"close"})  # of Connection


class _Passing:
    """Which headers pass, by their names: decided once for names that come again in the same order."""

    def __init__(self, stays: Callable[[str], bool]) -> None:
        self._stays = stays
        self._decided = remembered(_REMEMBERED, longest=_NAMES_LENGTH)(self._decide)

    def of(self, headers: Sequence[Header], declared: frozenset[bytes]) -> list[Header]:
        """The headers that pass, and those a route has ``declared``."""
        return list(compress(headers, self._decided((tuple(map(_name, headers)), declared))))

    def _decide(self, given: tuple[tuple[bytes, ...], frozenset[bytes]]) -> list[bool]:
        names, declared = given
        return [name in declared or not self._stays(name.decode("latin-1")) for name in names]


class RequestHeaders:
    """Makes the headers of a forwarded request."""

    def __init__(self, public_url: str) -> None:
        url = urlsplit(public_url)
        self._about_us = f"x-forwarded-proto: {url.scheme}\r\nx-forwarded-host: {url.netloc}\r\n"
        self._passes = _Passing(_stays_out)

    def make(self, exchange: Exchange) -> bytes:
        """The client's headers that may pass, and our own, as lines."""
        assert exchange.target is not None
        head, declared = exchange.turn.head, exchange.target.headers
        passed = head.passed.get(declared) if exchange.headers is head.headers else self._passed(exchange, declared)
        if passed is None:
            passed = head.passed[declared] = self._passed(exchange, declared)
        about_it = (
            f"{self._about_us}x-forwarded-for: {exchange.client}\r\n"
            f"x-request-id: {exchange.request_id}\r\ntraceparent: {exchange.trace.traceparent}\r\n"
        )
        return passed + about_it.encode()

    def _passed(self, exchange: Exchange, declared: frozenset[bytes]) -> bytes:
        headers = self._passes.of(exchange.headers, declared)
        if exchange.fields.get(b"connection") not in _LISTS_NOTHING or len(exchange.fields) < len(exchange.headers):
            headers = _without_listed(headers, exchange.headers)
        return b"".join([b"%b: %b\r\n" % header for header in headers])


class AnswerHeaders:
    """Makes the headers of an answer from those of the upstream."""

    def __init__(self) -> None:
        self._passes = _Passing(_stays_in)

    def make(self, exchange: Exchange, answer: Answer) -> tuple[list[Header], bytes]:
        """The upstream's headers that may pass, and what its Vary says."""
        assert exchange.target is not None
        headers = self._passes.of(answer.headers, exchange.target.headers)
        if answer.fields.get(b"connection") not in _LISTS_NOTHING or len(answer.fields) < len(answer.headers):
            headers = _without_listed(headers, answer.headers)
        if b"referrer-policy" not in answer.fields:
            headers.append(REFERRER_POLICY)
        if b"vary" in answer.fields:
            return headers, b", ".join(value for name, value in answer.headers if name == b"vary")
        return headers, b""


def _stays_out(name: str) -> bool:
    # an underscore becomes a hyphen in WSGI's environ, and so another header than the one looked at here
    return name in _HOP_BY_HOP or name in _REPLACED or "_" in name or name.startswith(_NOT_IN)


def _stays_in(name: str) -> bool:
    return name in _HOP_BY_HOP or name in _NOT_SHOWN or name.startswith(_NOT_OUT)


def _without_listed(headers: list[Header], given: Sequence[Header]) -> list[Header]:
    """Without those that a Connection among the given ones names: they are meant for this hop only."""
    for name, value in given:
        if name == b"connection" and (listed := _listed(value)):
            headers = [header for header in headers if header[0] not in listed]
    return headers


@remembered(100)
def _listed(connection: bytes) -> frozenset[bytes]:
    return frozenset(name.strip().lower() for name in connection.split(b",")) - {b"close", b"keep-alive", b""}
