"""From what an author types to what a browser may show (CommonMark 0.31 with tables and strikethrough)."""

import html
from functools import cache

import nh3
from markdown_it import MarkdownIt

EXCERPT_LENGTH = 200
EXCERPT_SOURCE = 20_000  # an excerpt comes from the beginning; no need to read a whole book for it
SCHEMES = {"http", "https", "mailto"}
RAW_TAGS = 5_000  # nh3 takes quadratic time on nested HTML, a minute for 1 MB; with more tags HTML is shown as text


def render(body: str) -> str:
    """HTML of a Markdown text, safe to embed: everything outside nh3's list of tags, attributes and schemes is gone."""
    dirty = _markdown(with_html=body.count("<") <= RAW_TAGS).render(body)
    return nh3.clean(dirty, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow ugc").strip()


def excerpt(safe_html: str) -> str:
    """The first words of a rendered post as plain text, at most EXCERPT_LENGTH characters and one ellipsis."""
    text = " ".join(html.unescape(nh3.clean(safe_html[:EXCERPT_SOURCE], tags=set())).split())
    if len(text) <= EXCERPT_LENGTH:
        return text
    words, _, _ = text[: EXCERPT_LENGTH + 1].rpartition(" ")
    return (words or text[:EXCERPT_LENGTH]) + "…"


@cache
def _markdown(*, with_html: bool) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": with_html}).enable(["table", "strikethrough"])
    # A refused link would stay behind as text; nh3 rather keeps the words and drops the address.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return markdown
