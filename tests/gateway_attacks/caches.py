"""Attempts to leave something in the cache for others, and to have what is somebody's own kept there."""

from tests.gateway_attacks.rows import raw

VICTIM = "/api/v1/posts/{name}"
PLANTED = "planted.example"

_HEADERS = [
    *("X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-Forwarded-Scheme", "X-Forwarded-Prefix", "Forwarded"),
    *("X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Method-Override", "X-Original-Host"),
    *("Origin", "Referer", "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Accept-Charset"),
    *("Cookie", "Range", "If-None-Match", "If-Match", "If-Range", "If-Modified-Since", "Pragma", "Cache-Control"),
    *("X-Forwarded-For", "Via", "Max-Forwards", "TE", "Priority", "X-Wap-Profile", "X-Planted", "DNT", "Save-Data"),
    *("Surrogate-Capability", "CDN-Loop", "traceparent", "baggage", "X-Request-ID", "X-Amz-Website-Redirect-Location"),
]
_QUERIES = ["", "?", "?&", "?&&"]

POISON = [
    *((f"header {name}", "GET {path} HTTP/1.1", (f"{name}: {PLANTED}",)) for name in _HEADERS),
    *((f"empty query {query!r}", f"GET {{path}}{query} HTTP/1.1", (f"X-Planted: {PLANTED}",)) for query in _QUERIES),
    ("HEAD", "HEAD {path} HTTP/1.1", (f"X-Planted: {PLANTED}",)),
    ("absolute target", "GET http://localhost{path} HTTP/1.1", (f"X-Planted: {PLANTED}",)),
    ("HTTP/1.0", "GET {path} HTTP/1.0", (f"X-Planted: {PLANTED}",)),
    ("slash at the end", "GET {path}/ HTTP/1.1", (f"X-Planted: {PLANTED}",)),
    ("needless encoding", "GET /%61pi/v1/posts/{name} HTTP/1.1", (f"X-Planted: {PLANTED}",)),
    ("version by header", "GET /api/posts/{name} HTTP/1.1", ("API-Version: 1", f"X-Planted: {PLANTED}")),
    ("a header twice", "GET {path} HTTP/1.1", ("Accept: application/json", f"Accept: {PLANTED}")),
    ("a body", "GET {path} HTTP/1.1", (f"Content-Length: {len(PLANTED)}",)),
    ("Connection names a key", "GET {path} HTTP/1.1", ("Connection: accept", f"X-Planted: {PLANTED}")),
]
"""By name: a request line and headers; the service says in its answer what it was told."""

DECEPTION = [
    *("/api/v1/posts/{name}", "/api/v1/posts/{name}.css", "/api/v1/posts/{name}.js", "/posts/{name}.png"),
    *("/api/v1/posts/{name}?x=.css", "/api/v1/posts/{name}/", "/api/posts/{name}", "/rss.xml?{name}"),
    *("/api/v1/auth/users/me", "/api/v1/auth/users/me?{name}.css", "/api/v1/auth/users/me/", "/api/v2/me?a.png"),
    *("/api/v1/auth/sessions?{name}", "/api/v1/feed?{name}.xml", "/api/v1/media?{name}.jpg", "/api/v2/feed?{name}"),
]
"""What somebody who is logged in is led to; the service calls its answer public."""


def poisoned(line: str, headers: tuple[str, ...], name: str) -> bytes:
    """The attacker's request for a victim's page."""
    body = PLANTED.encode() if "Content-Length" in str(headers) else b""
    return raw(line.format(path=VICTIM.format(name=name), name=name), *headers, body=body)
