"""Which headers pass in each direction (RFC 9110, 7.6.1), and what the gateway says about the request itself."""

from urllib.parse import urlsplit

from chassis.client_address import TrustedProxies

from gateway_service.exchange import Exchange
from gateway_service.messages import Header

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
_REPLACED = frozenset({"host", "content-length", "expect", "x-request-id", "traceparent", "api-version"})
# what tells a server in front of us to send a file of its own, or how to treat the answer (nginx, Apache and others)
_TO_THE_EDGE = ("x-accel-", "x-sendfile", "x-lighttpd-send", "x-litespeed-", "x-reproxy-")
_COOKIES = ("cookie", "set-cookie")  # as the above, they pass on routes that declare them
_NOT_IN = (*_IDENTITY_PREFIXES, *_COOKIES)
_NOT_OUT = ("access-control-", *_COOKIES, *_TO_THE_EDGE)
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
_REMEMBERED_NAMES = 500


class RequestHeaders:
    """Makes the headers of a forwarded request; ``proxies`` in front are believed about the client's address."""

    def __init__(self, public_url: str, proxies: TrustedProxies) -> None:
        url = urlsplit(public_url)
        self._about_us = f"x-forwarded-proto: {url.scheme}\r\nx-forwarded-host: {url.netloc}\r\n".encode()
        self._proxies = proxies
        self._told_by_proxies = proxies.header.lower().encode()
        self._names: dict[bytes, bool] = {}

    def make(self, exchange: Exchange) -> bytes:
        """The client's headers that may pass, and our own, as lines."""
        assert exchange.target is not None
        names, declared = self._names, exchange.target.headers
        connection = exchange.fields.get(b"connection")
        dropped = _listed(connection) if connection else ()
        lines = [
            b"%b: %b\r\n" % header
            for header in exchange.headers
            if ((names[header[0]] if header[0] in names else self._passes(header[0])) or header[0] in declared)
            and header[0] not in dropped
        ]
        own = (self.client_address(exchange), exchange.request_id, exchange.trace.traceparent)
        lines.append(self._about_us)
        lines.append("x-forwarded-for: {}\r\nx-request-id: {}\r\ntraceparent: {}\r\n".format(*own).encode())
        return b"".join(lines)

    def client_address(self, exchange: Exchange) -> str:
        """The peer's address, or the one the nearest trusted proxies vouch for."""
        lines = [value.decode("latin-1") for name, value in exchange.headers if name == self._told_by_proxies]
        return self._proxies.client(exchange.turn.client, lines)

    def _passes(self, raw: bytes) -> bool:
        name = raw.decode("latin-1")
        # an underscore becomes a hyphen in WSGI's environ, and so another header than the one looked at here
        stays = name in _HOP_BY_HOP or name in _REPLACED or "_" in name or name.startswith(_NOT_IN)
        if len(self._names) < _REMEMBERED_NAMES:
            self._names[raw] = not stays
        return not stays


class AnswerHeaders:
    """Makes the headers of an answer from those of the upstream."""

    def __init__(self) -> None:
        self._names: dict[bytes, bool] = {}

    def make(self, exchange: Exchange, upstream: list[Header]) -> tuple[list[Header], bytes]:
        """The upstream's headers that may pass, and what its Vary says."""
        assert exchange.target is not None
        names, declared = self._names, exchange.target.headers
        made: list[Header] = []
        vary = b""
        dropped: frozenset[bytes] = frozenset()
        for header in upstream:
            name = header[0]
            if (names[name] if name in names else self._passes(name)) or name in declared:
                made.append(header)
            elif name == b"vary":
                vary = b"%b, %b" % (vary, header[1]) if vary else header[1]
            elif name == b"connection":
                dropped |= _listed(header[1])
        if dropped:
            made = [header for header in made if header[0] not in dropped]
        return made, vary

    def _passes(self, raw: bytes) -> bool:
        name = raw.decode("latin-1")
        stays = name in _HOP_BY_HOP or name in _NOT_SHOWN or name.startswith(_NOT_OUT)
        if len(self._names) < _REMEMBERED_NAMES:
            self._names[raw] = not stays
        return not stays


def _listed(connection: bytes) -> frozenset[bytes]:
    """The headers named in Connection: meant for this hop only."""
    return frozenset(name.strip().lower() for name in connection.split(b",")) - {b"close", b""}
