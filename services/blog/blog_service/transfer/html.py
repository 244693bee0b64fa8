"""HTML of other systems as a body: Markdown takes it as it is but for what would be read as code, and is sanitised."""

import re
from html import unescape

from blog_service.transfer.entries import Picture, Unreadable

LARGEST = 4_000_000
_EDITOR = re.compile(r"<!--\s*/?(?:wp:|kg-|more\b|members-only\b|nextpage\b)")
_END_OF_COMMENT = re.compile(r"-->\n?")
_PREFORMATTED = re.compile(r"<pre\b", re.IGNORECASE)
_END_OF_PREFORMATTED = re.compile(r"</pre>", re.IGNORECASE)
_INDENTED = re.compile(r"^[ \t]+", re.MULTILINE)
_IMAGE = re.compile(r"<img\b[^>]{0,5000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SHORTCODE = re.compile(r"\[/?[a-z][a-z0-9_-]{2,50}(?:\s[^\]\n]{0,1000})?\]")


def body_of(html: str) -> str:
    """Without what only an editor reads, and without indentation, by which Markdown knows code.

    Raises Unreadable for what is too long. What it takes grows with the length alone, whatever is left open in it.
    """
    if len(html) > LARGEST:
        raise Unreadable(f"has a text of more than {LARGEST} characters")
    read = _split(html.replace("\r\n", "\n"), _EDITOR, _END_OF_COMMENT)[::2]
    parts = _split("".join(read), _PREFORMATTED, _END_OF_PREFORMATTED)
    return "".join(part if index % 2 else _INDENTED.sub("", part) for index, part in enumerate(parts)).strip()


def _split(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> list[str]:
    """In turns what is outside and what is between a beginning and its end, with both; what does not end is outside."""
    parts, at = [], 0
    while (begun := begin.search(text, at)) and (ended := end.search(text, begun.end())):
        parts += [text[at : begun.start()], text[begun.start() : ended.end()]]
        at = ended.end()
    return [*parts, text[at:]]


def pictures_in(html: str) -> tuple[Picture, ...]:
    """The pictures that it shows from somewhere on the web, each once."""
    found: dict[str, Picture] = {}
    for tag in _IMAGE.findall(html):
        said = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(tag)}
        written = said.get("src", "")
        address = unescape(written)
        if address.startswith(("http://", "https://")):
            found.setdefault(address, Picture(address, written, alt=unescape(said.get("alt", ""))[:1000]))
    return tuple(found.values())


def shortcodes_in(html: str) -> set[str]:
    """The names of what a plugin would have put there, which stays as text."""
    return {found.strip("[]/").split()[0] for found in _SHORTCODE.findall(html)}
