"""Cross-origin requests (Fetch standard): decided before most of what can refuse, so that scripts can read why."""

import re
from collections.abc import Iterable

from gateway_service.config import Cors
from gateway_service.exchange import Exchange
from gateway_service.messages import Header, Response
from gateway_service.origin_patterns import MOST_ORIGIN_CHARACTERS

_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_PREFLIGHT_VARY = b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
_CREDENTIALS = (b"access-control-allow-credentials", b"true")
_REMEMBERED_ORIGINS = 1000


class CorsCheck:
    """Answers preflights and marks the answers that an allowed origin may read."""

    def __init__(self, config: Cors, more_origins: Iterable[str] = (), with_cookies: Iterable[str] = ()) -> None:
        self._origins = {origin.encode() for origin in config.origins.union(more_origins)}
        credentialed = config.credentialed_origins.union(with_cookies) if config.credentials else ()
        self._credentialed = frozenset(origin.encode() for origin in credentialed)
        self._patterns = [re.compile(pattern) for pattern in config.patterns]
        self._actual = ((b"access-control-expose-headers", ", ".join(config.exposed_headers).encode()),)
        self._preflight: tuple[Header, ...] = (
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", ", ".join(config.request_headers).encode()),
            (b"access-control-max-age", str(config.max_age_seconds).encode()),
        )

    def __call__(self, exchange: Exchange) -> Response | None:
        origin = exchange.fields.get(b"origin")
        if origin is None:
            return None
        allowed = self._allows(origin)
        if allowed:
            exchange.added_headers += self._allowance(origin)
        if exchange.method == "OPTIONS" and b"access-control-request-method" in exchange.fields:
            exchange.vary = _PREFLIGHT_VARY
            return Response(204, headers=self._preflight if allowed else ())
        if allowed:
            exchange.added_headers += self._actual
        return None

    def _allowance(self, origin: bytes) -> tuple[Header, ...]:
        """What an origin may: its pages send cookies if it is on their list, else they read what everybody may."""
        if origin in self._credentialed:
            return (b"access-control-allow-origin", origin), _CREDENTIALS
        return ((b"access-control-allow-origin", b"*" if b"*" in self._origins else origin),)

    def _allows(self, origin: bytes) -> bool:
        if b"*" in self._origins or origin in self._origins or origin in self._credentialed:
            return True
        if len(origin) > MOST_ORIGIN_CHARACTERS:
            return False
        if not any(pattern.fullmatch(origin.decode("latin-1")) for pattern in self._patterns):
            return False
        if len(self._origins) < _REMEMBERED_ORIGINS:
            self._origins.add(origin)
        return True
