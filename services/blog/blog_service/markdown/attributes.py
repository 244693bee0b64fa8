"""Attributes that elements are given beside what Markdown says: names for headings, and where cells stand."""

import re
from collections import Counter

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

LONGEST = 80
_NOT_A_WORD = re.compile(r"[^\w\- ]")


def name_headings(markdown: MarkdownIt) -> None:
    """A plugin: give every heading an id made of its words, as GitHub does; the second of a name gets ``-1``."""
    markdown.core.ruler.after("inline", "heading_names", _name)


def _name(state: StateCore) -> None:
    seen: Counter[str] = Counter()
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type == "heading_open":
            words = "".join(part.content for part in inline.children or () if part.type in {"text", "code_inline"})
            name = _NOT_A_WORD.sub("", words.strip().lower())[:LONGEST].strip().replace(" ", "-") or "section"
            opening.attrSet("id", f"{name}-{seen[name]}" if seen[name] else name)
            seen[name] += 1


def align_cells(markdown: MarkdownIt) -> None:
    """A plugin: say how a cell is aligned in an attribute of its own, for no style is let through."""
    markdown.core.ruler.after("block", "cell_alignment", _align)


def _align(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"th_open", "td_open"} and (style := token.attrs.pop("style", None)):
            token.attrSet("align", str(style).removeprefix("text-align:"))
