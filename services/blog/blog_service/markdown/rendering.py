"""From what an author types to what a browser may show.

CommonMark 0.31 with tables, strikethrough, footnotes and task lists.
"""

import html
import re
from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from blog_service.markdown.attributes import align_cells, name_headings
from blog_service.markdown.budget import BUDGET, Budget, keep_to_budget, spent
from blog_service.markdown.sanitising import PREFIX, sanitise, without_tags

EXCERPT_LENGTH = 200
EXCERPT_SOURCE = 20_000  # an excerpt comes from the beginning; no need to read a whole book for it
RAW_TAGS = 5_000  # nh3 takes quadratic time on nested HTML, a minute for 1 MB; with more tags HTML is shown as text
_FOOTNOTES = '<hr class="footnotes-sep">'
_FOOTNOTE_REF = re.compile(r'<sup class="footnote-ref">.*?</sup>')
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|cite|code|data|del|dfn|em|i|ins|kbd|mark|q|rp|rt|rtc|ruby|s|samp|small|span|strike|strong"
    "|sub|sup|time|tt|u|var|wbr"
)
_BREAKS = re.compile(rf"(?=</?(?!/|(?:{_INLINE})\b))")


def render(body: str, budget: Budget = BUDGET, *, prefix: str = PREFIX) -> str:
    """HTML of a Markdown text, safe to embed: everything outside the list of tags, attributes and schemes is gone.

    Ids begin with ``prefix``, which is the text's own where a page has several.

    Raises TooComplex for a text that would take more than the budget, however short it is.
    """
    markdown = _markdown(with_html=body.count("<") <= RAW_TAGS)
    with spent(budget) as account:
        tokens = markdown.parse(body)
        account.refuse_output_of(tokens)
        dirty = str(markdown.renderer.render(tokens, markdown.options, {}))
    return sanitise(dirty, prefix).strip()


def excerpt(safe_html: str) -> str:
    """The first words of a rendered post as plain text, at most EXCERPT_LENGTH characters and one ellipsis."""
    beginning = _FOOTNOTE_REF.sub("", safe_html[:EXCERPT_SOURCE].partition(_FOOTNOTES)[0])
    text = plain_text(beginning)
    if len(text) <= EXCERPT_LENGTH:
        return text
    words, _, _ = text[: EXCERPT_LENGTH + 1].rpartition(" ")
    return (words or text[:EXCERPT_LENGTH]) + "…"


def plain_text(safe_html: str) -> str:
    """The words of a rendered text, with single spaces."""
    return " ".join(html.unescape(without_tags(_BREAKS.sub(" ", safe_html))).split())


@cache
def _markdown(*, with_html: bool) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": with_html}).enable(["table", "strikethrough"])
    # Footnotes within the text are parsed once more for each level that they are nested in each other.
    markdown.use(footnote_plugin, inline=False).use(tasklists_plugin)
    markdown.use(name_headings).use(align_cells).use(keep_to_budget)
    # A refused link would stay behind as text; nh3 rather keeps the words and drops the address.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return markdown
