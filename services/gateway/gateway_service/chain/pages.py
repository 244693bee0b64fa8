"""The page of each reason code, ``/problems/<code>``: what a problem's ``type`` leads to (RFC 9457, 3.1.1)."""

import json
from html import escape

from gateway_service.exchange import Exchange
from gateway_service.messages import Response
from gateway_service.refusals import REASONS, Reason

TEMPLATE = "/problems/{code}"
_PREFIX = "/problems/"
_NOTHING_LOADED = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_CACHED = (b"cache-control", b"public, max-age=3600")


def pages(exchange: Exchange) -> Response | None:
    """Answer ``GET /problems/<code>`` in HTML, or in JSON where Accept prefers it."""
    if not exchange.path.startswith(_PREFIX) or exchange.method not in {"GET", "HEAD"}:
        return None
    reason = REASONS.get(exchange.path.removeprefix(_PREFIX))
    if reason is None:
        return None
    exchange.template, exchange.vary = TEMPLATE, b"Origin, Accept"
    if b"json" in exchange.fields.get(b"accept", b""):
        return Response(200, _json(reason), ((b"content-type", b"application/json"), _CACHED))
    page = ((b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", _NOTHING_LOADED), _CACHED)
    return Response(200, _html(reason), page)


def _json(reason: Reason) -> bytes:
    members = ("code", "status", "title", "meaning", "remedy")
    return json.dumps({name: getattr(reason, name) for name in members}).encode()


def _html(reason: Reason) -> bytes:
    title = escape(reason.title)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>HTTP {reason.status}, code <code>{reason.code}</code></p>"
        f"<p>{escape(reason.meaning)}</p><p>{escape(reason.remedy)}</p></html>"
    ).encode()
