"""``/docs``: reads and tries the API with Swagger UI, which is packaged beside this file and asks nobody else."""

import asyncio
import json
from collections.abc import Awaitable
from html import escape
from pathlib import Path

from gateway_service.chain.link import Outcome
from gateway_service.config import Versions
from gateway_service.documents.guide_pages import GUIDE
from gateway_service.documents.page import HTML, Page
from gateway_service.exchange import Exchange
from gateway_service.messages import Response

DOCS = "/docs"
_FOLDER = Path(__file__).with_name("viewer")
_PACKAGE = json.loads((_FOLDER / "package.json").read_text())
_ASSETS = f"{DOCS}/{_PACKAGE['sha256']['swagger-ui-bundle.js'][:16]}"  # new contents have a new address
_FOREVER = b"public, max-age=31536000, immutable"
_TYPES = {"swagger-ui-bundle.js": b"text/javascript; charset=utf-8", "swagger-ui.css": b"text/css; charset=utf-8"}
_ONLY_OURS = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_START = """SwaggerUIBundle({
  url: "/openapi.json" + (window.location.search.match(/^\\?version=[0-9]+$/) || [""])[0],
  dom_id: "#api", deepLinking: true, validatorUrl: null, persistAuthorization: false, queryConfigEnabled: false,
  docExpansion: "list", defaultModelsExpandDepth: -1, filter: true,
});
"""


class Viewer:
    """Tokens that are typed in stay in the page's memory."""

    def __init__(self, versions: Versions) -> None:
        self._pages = {DOCS: Page(_page(versions).encode(), HTML, policy=_ONLY_OURS)}
        self._pages[f"{DOCS}/start.js"] = Page(_START.encode(), b"text/javascript; charset=utf-8")

    def find(self, exchange: Exchange) -> Outcome | Awaitable[Outcome]:
        """The page or one of its parts, if it is asked for."""
        folder, _, name = exchange.path.rpartition("/")
        if page := self._pages.get(exchange.path):
            exchange.template = DOCS
            return page.response(exchange)
        if folder == _ASSETS and name in _TYPES:
            exchange.template = DOCS
            return self._read(exchange, name)
        return None

    async def _read(self, exchange: Exchange, name: str) -> Response:
        """Beside the loop, and once: packing it takes a tenth of a second."""
        page = await asyncio.to_thread(lambda: Page((_FOLDER / name).read_bytes(), _TYPES[name], cache=_FOREVER))
        self._pages[exchange.path] = page
        return page.response(exchange)


def _page(versions: Versions) -> str:
    others = " · ".join(
        f'<a href="{DOCS}?version={escape(name)}">version {escape(name)}</a>' for name in versions.supported
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Broadsheet API</title>'
        f'<link rel="stylesheet" href="{_ASSETS}/swagger-ui.css">'
        f'<p><a href="{GUIDE}">First steps and all else to know</a> · '
        f'{others} · <a href="/problems">reason codes</a></p>'
        f'<div id="api"></div><script src="{_ASSETS}/swagger-ui-bundle.js"></script>'
        f'<script src="{DOCS}/start.js"></script></html>'
    )
