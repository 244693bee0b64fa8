"""``/docs/guide``: the pages for client developers (``docs/api``), which are packaged beside this file.

Their examples are said to the address of this platform.
"""

import asyncio
import re
from collections.abc import Awaitable
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

from gateway_service.chain.link import Outcome
from gateway_service.documents.html import POLICY, html
from gateway_service.documents.page import HTML, Page
from gateway_service.exchange import Exchange
from gateway_service.messages import Response

GUIDE = "/docs/guide"
TEMPLATE = f"{GUIDE}/{{page}}"
_INDEX = "README"
_FOLDER = Path(__file__).with_name("guide")
_THERE = "http://127.0.0.1:8000"
"""Where the pages say that the platform is."""


class Guide:
    """Each page is made when it is first asked for."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._files = {_address(file.stem): file for file in _FOLDER.glob("*.md")}
        self._pages: dict[str, Page] = {}

    def find(self, exchange: Exchange) -> Outcome | Awaitable[Outcome]:
        """The page, if it is one that is asked for."""
        path = exchange.path
        if path not in self._files:
            return None
        exchange.template = GUIDE if path == GUIDE else TEMPLATE
        if page := self._pages.get(path):
            return page.response(exchange)
        return self._made(exchange, path)

    async def _made(self, exchange: Exchange, path: str) -> Response:
        """Beside the loop: a page takes some milliseconds."""
        page = self._pages[path] = await asyncio.to_thread(self._page, path)
        return page.response(exchange)

    def _page(self, path: str) -> Page:
        text = self._files[path].read_text().replace(_THERE, self._public_url)
        title, _, body = text.removeprefix("# ").partition("\n")
        back = "" if path == GUIDE else f'<p><a href="{GUIDE}">All pages</a></p>'
        shown = _links(_markdown().render(body)).replace("<table>", '<table tabindex="0">')  # to be scrolled by keys
        return Page(html(title, back + shown), HTML, policy=POLICY)


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _address(stem: str) -> str:
    return GUIDE if stem == _INDEX else f"{GUIDE}/{stem}"


def _links(page: str) -> str:
    """To the other pages by their addresses here; what leads elsewhere in the repository is words alone."""
    page = re.sub(r'<a href="([a-zA-Z-]+)\.md">', lambda found: f'<a href="{_address(found[1])}">', page)
    return re.sub(r'<a href="\.\./[^"]*">(.*?)</a>', r"\1", page)
