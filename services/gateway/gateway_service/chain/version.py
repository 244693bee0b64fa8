"""Which version of the API is asked for: the path's, else the header's, else the default."""

import re
import time
from datetime import UTC, datetime
from email.utils import format_datetime

from gateway_service.config import Version, Versions
from gateway_service.exchange import Exchange
from gateway_service.messages import Header
from gateway_service.refusals import Refusal

_NAMED = re.compile(r"/api/v([0-9]+)(?:/|$)")
_ACCEPTED = re.compile(rb"application/vnd\.broadsheet\+json\s*;\s*version\s*=\s*\"?([0-9]+)\"?", re.IGNORECASE)


_OURS = b"application/vnd.broadsheet+json"
_RANGE = re.compile(re.escape(_OURS) + rb"(?:\s*;\s*version\s*=\s*(?:\"[^\"]*\"|[^,;\s]*))?", re.IGNORECASE)


class VersionCheck:
    """Names the version on every answer under ``/api`` and puts it into the path."""

    def __init__(self, config: Versions) -> None:
        self._default = config.default
        self._supported = list(config.supported)
        self._headers = {name: _headers(name, version) for name, version in config.supported.items()}
        self._successors = {name: version.successor for name, version in config.supported.items()}
        self._sunsets = {
            name: version.sunset.timestamp() for name, version in config.supported.items() if version.sunset
        }

    def __call__(self, exchange: Exchange) -> None:
        path = exchange.path
        if not path.startswith("/api/") and path != "/api":
            return
        if _OURS in exchange.fields.get(b"accept", b"").lower():
            _ask_for_json(exchange)
        named = _NAMED.match(path)
        version = named[1] if named else self._negotiated(exchange)
        if version not in self._headers:
            status = 404 if named else 406
            raise Refusal("version_unknown", f"Version {version} is not served.", status=status, members=self._others())
        exchange.version = version
        exchange.added_headers += self._headers[version]
        if version in self._sunsets and time.time() >= self._sunsets[version]:
            raise self._ended(version)
        if not named:
            exchange.path = f"/api/v{version}{path[len('/api') :]}"

    def _negotiated(self, exchange: Exchange) -> str:
        exchange.vary = b"Origin, Accept, API-Version"
        header = exchange.fields.get(b"api-version")
        if header is not None:
            return header.decode("latin-1").strip()
        accepted = _ACCEPTED.search(exchange.fields.get(b"accept", b""))
        return accepted[1].decode() if accepted else self._default

    def _ended(self, version: str) -> Refusal:
        successor = self._successors[version]
        detail = f"Version {version} is no longer served{f': go on at {successor}' if successor else ''}."
        return Refusal("version_sunset", detail, members=self._others(version))

    def _others(self, ended: str = "") -> dict[str, list[str]]:
        return {"supported": [version for version in self._supported if version != ended]}


def _ask_for_json(exchange: Exchange) -> None:
    """Say to the service what our media type means; it has been read here, and no service knows it."""
    exchange.headers = [
        (name, _RANGE.sub(b"application/json", value)) if name == b"accept" else (name, value)
        for name, value in exchange.headers
    ]


def _headers(name: str, version: Version) -> list[Header]:
    headers = [(b"api-version", name.encode())]
    if version.deprecated:
        headers.append((b"deprecation", f"@{int(version.deprecated.timestamp())}".encode()))
    if version.sunset:
        headers.append((b"sunset", _http_date(version.sunset)))
    if version.deprecated and version.successor:
        headers.append((b"link", f'<{version.successor}>; rel="successor-version"'.encode()))
    return headers


def _http_date(moment: datetime) -> bytes:
    return format_datetime(moment.astimezone(UTC), usegmt=True).encode()
