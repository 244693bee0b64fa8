"""Who we are, for people, browsers, crawlers and finders of faults: ``/``, icon, ``/robots.txt``, ``security.txt``."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from gateway_service.accepting import prefers_json
from gateway_service.config import Version, Versions
from gateway_service.documents.guide_pages import GUIDE
from gateway_service.documents.html import POLICY, html
from gateway_service.documents.page import HTML, JSON, Page
from gateway_service.exchange import Exchange
from gateway_service.messages import Response

SITEMAP = "/sitemap.xml"
ROBOTS = "/robots.txt"
ICON = "/favicon.ico"  # browsers ask for it on every page of a host, and take what its type says it is
SECURITY = "/.well-known/security.txt"
_TEXT = b"text/plain; charset=utf-8"
_SECURITY_LASTS = timedelta(days=180)
_NOT_STORED = b"no-store"
_SVG = Path(__file__).with_name("icon.svg").read_bytes()


class Front:
    """``/``: which versions there are and whether all is well; nothing of software, addresses or topology."""

    def __init__(self, versions: Versions, public_url: str, is_well: Callable[[], bool]) -> None:
        self._versions = versions
        self._public_url = public_url
        self._is_well = is_well

    def find(self, exchange: Exchange) -> Response | None:
        """The landing page, if it is asked for."""
        if exchange.path != "/":
            return None
        exchange.template = "/"
        status = "ok" if self._is_well() else "degraded"
        versions = [self._version(name, version) for name, version in self._versions.supported.items()]
        if prefers_json(exchange):
            links = {"documentation": f"{self._public_url}/docs", "problems": f"{self._public_url}/problems"}
            body = json.dumps({"name": "Broadsheet", "status": status, "versions": versions, **links}).encode()
            page = Page(body, JSON, cache=_NOT_STORED, chosen_by=b"Accept")
        else:
            page = Page(_landing(status, versions), HTML, cache=_NOT_STORED, policy=POLICY, chosen_by=b"Accept")
        return page.response(exchange)

    def _version(self, name: str, version: Version) -> dict[str, object]:
        moments = {"deprecated": version.deprecated, "sunset": version.sunset}
        ended = version.sunset is not None and time.time() >= version.sunset.timestamp()
        return {
            "version": name,
            "default": name == self._versions.default,
            "state": "ended" if ended else "deprecated" if version.deprecated else "current",
            **{key: moment and moment.astimezone(UTC).isoformat() for key, moment in moments.items()},
            "url": f"{self._public_url}/api/v{name}",
            "openapi": f"{self._public_url}/openapi.json?version={name}",
        }


def _landing(status: str, versions: list[dict[str, object]]) -> bytes:
    rows = "".join(
        f"<tr><td>{escape(str(each['version']))}<td>{each['state']}<td>"
        f'<a href="/docs?version={escape(str(each["version"]))}">read and try</a><td>'
        f'<a href="/openapi.json?version={escape(str(each["version"]))}">OpenAPI</a>'
        for each in versions
    )
    return html(
        "Broadsheet",
        '<p>A publishing platform: <a href="/posts">read what is published</a>, '
        '<a href="/studio">write in the studio</a>, '
        f'or <a href="{GUIDE}">build on its API</a>.</p>'
        f"<table><tr><th>version<th>state<th>documentation<th>contract{rows}</table>"
        f'<p>Status: {status}. <a href="/problems">Why a request may be refused</a>.</p>',
    )


def robots(public_url: str, *, sitemap: bool) -> Page:
    """What crawlers may read (RFC 9309): pages and pictures, not the API."""
    lines = ["User-agent: *", "Disallow: /api/", "Disallow: /account/", "Disallow: /studio", ""]
    if sitemap:
        lines.append(f"Sitemap: {public_url}{SITEMAP}\n")
    return Page("\n".join(lines).encode(), _TEXT)


def icon() -> Page:
    """What tabs and bookmarks show."""
    return Page(_SVG, b"image/svg+xml")


def security(public_url: str, contact: str, now: datetime) -> Page:
    """Whom to tell of a hole (RFC 9116); made anew often enough never to be out of date."""
    expires = (now + _SECURITY_LASTS).strftime("%Y-%m-%dT00:00:00Z")
    text = f"Contact: {contact}\nExpires: {expires}\nCanonical: {public_url}{SECURITY}\n"
    return Page(text.encode(), _TEXT)
