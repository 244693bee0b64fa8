"""``/studio``: where authors write. Static files that are packaged beside this one, and nothing of anybody else's."""

from hashlib import sha256
from pathlib import Path

from gateway_service.documents.page import HTML, Page
from gateway_service.exchange import Exchange
from gateway_service.messages import Response

STUDIO = "/studio"
POLICY = b"; ".join(
    (
        b"default-src 'none'",
        b"script-src 'self'",
        b"style-src 'self'",
        b"img-src 'self' blob: https: http:",  # of anywhere, as authors show them; blob: before they are sent
        b"connect-src 'self'",
        b"frame-src blob:",  # the preview, which is sandboxed
        b"base-uri 'none'",
        b"form-action 'none'",
        b"frame-ancestors 'none'",
        b"require-trusted-types-for 'script'",
        b"trusted-types 'none'",
    )
)
"""What the studio may load (CSP3), and that no HTML is made of strings (Trusted Types)."""
_FOLDER = Path(__file__).with_name("studio")
_TYPES = {".js": b"text/javascript; charset=utf-8", ".css": b"text/css; charset=utf-8"}
_FOREVER = b"public, max-age=31536000, immutable"


class Studio:
    """The page for authors. Its parts lie at an address that changes with them, so that browsers keep them for good."""

    def __init__(self) -> None:
        parts = {file.name: file.read_bytes() for file in sorted(_FOLDER.iterdir()) if file.suffix in _TYPES}
        assets = f"{STUDIO}/{sha256(b''.join(parts.values())).hexdigest()[:16]}"
        page = (_FOLDER / "index.html").read_text().replace("{assets}", assets)
        self._pages = {STUDIO: Page(page.encode(), HTML, cache=b"no-cache", policy=POLICY)}
        for name, part in parts.items():
            self._pages[f"{assets}/{name}"] = Page(part, _TYPES[Path(name).suffix], cache=_FOREVER)

    def find(self, exchange: Exchange) -> Response | None:
        """The page or one of its parts, if it is asked for."""
        page = self._pages.get(exchange.path)
        if page is None:
            return None
        exchange.template = STUDIO
        return page.response(exchange)
