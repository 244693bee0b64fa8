"""Which headers pass in each direction (RFC 9110, 7.6.1), and what the gateway says about the request itself."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from chassis import tracing
from gateway_service.exchange import Exchange, Header
from gateway_service.refusals import Refusal

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
_NOT_SHOWN = frozenset({"server", "x-powered-by", "x-request-id", "api-version", "x-content-type-options", "vary"})
_REMEMBERED_NAMES = 500


class RequestHeaders:
    """Makes the headers of a forwarded request. ``trusted`` are the networks whose X-Forwarded-For is believed."""

    def __init__(self, public_url: str, trusted: Iterable[str] = ()) -> None:
        url = urlsplit(public_url)
        self._about_us = [("x-forwarded-proto", url.scheme), ("x-forwarded-host", url.netloc)]
        self._trusted = [ipaddress.ip_network(network) for network in trusted]
        self._names: dict[bytes, str | None] = {}  # None: does not pass

    def make(self, exchange: Exchange) -> list[tuple[str, str]]:
        """The client's headers that may pass, and our own; raises Refusal if one cannot be read."""
        names = self._names
        connection = exchange.fields.get(b"connection")
        dropped = _listed(connection) if connection else ()
        made = []
        try:
            for raw, value in exchange.headers:
                name = names[raw] if raw in names else self._passes(raw)
                if name and name not in dropped:
                    made.append((name, value.decode()))
        except UnicodeDecodeError:
            raise Refusal("header_invalid", "A header is neither ASCII nor UTF-8.") from None
        made += self._about_us
        made.append(("x-forwarded-for", self.client_address(exchange)))
        made.append(("x-request-id", exchange.request_id))
        made.append(("traceparent", tracing.current_traceparent() or ""))
        return made

    def client_address(self, exchange: Exchange) -> str:
        """The peer's address, or the one the nearest trusted proxies vouch for."""
        address: str = exchange.scope["client"][0]
        if self._trusted:
            chain = exchange.fields.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
            while self._trusts(address) and chain and _is_address(chain[-1].strip()):
                address = chain.pop().strip()
        return address

    def _trusts(self, address: str) -> bool:
        parsed = ipaddress.ip_address(address)
        return any(parsed in network for network in self._trusted)

    def _passes(self, raw: bytes) -> str | None:
        name = raw.decode("latin-1")
        # an underscore becomes a hyphen in WSGI's environ, and so another header than the one looked at here
        stays = name in _HOP_BY_HOP or name in _REPLACED or "_" in name or name.startswith(_IDENTITY_PREFIXES)
        passing = None if stays else name
        if len(self._names) < _REMEMBERED_NAMES:
            self._names[raw] = passing
        return passing


class AnswerHeaders:
    """Makes the headers of an answer from those of the upstream."""

    def __init__(self) -> None:
        self._names: dict[str, bytes | None] = {}

    def make(self, exchange: Exchange, upstream: list[tuple[str, str]]) -> list[Header]:
        """The upstream's headers that may pass, then the gateway's, which win; Vary is of both."""
        names = self._names
        made: list[Header] = []
        vary = exchange.vary
        dropped: frozenset[str] | tuple[()] = ()
        for name, value in upstream:
            passing = names[name] if name in names else self._passes(name)
            if passing:
                made.append((passing, value.encode("latin-1")))
            elif name == "vary" and "origin" not in value.lower():
                vary = value.encode("latin-1") + b", " + vary
            elif name == "connection":
                dropped = _listed(value.encode("latin-1"))
        if dropped:
            made = [(name, value) for name, value in made if name.decode() not in dropped]
        made += exchange.added_headers
        made.append((b"vary", vary))
        return made

    def _passes(self, name: str) -> bytes | None:
        stays = name in _HOP_BY_HOP or name in _NOT_SHOWN or name.startswith("access-control-")
        passing = None if stays else name.encode()
        if len(self._names) < _REMEMBERED_NAMES:
            self._names[name] = passing
        return passing


def _listed(connection: bytes) -> frozenset[str]:
    """The headers named in Connection: meant for this hop only."""
    return frozenset(name.strip().lower() for name in connection.decode("latin-1").split(",")) - {"close", ""}


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
