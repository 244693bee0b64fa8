"""HTML of other systems as a body: Markdown takes it as it is but for what would be read as code, and is sanitised."""

import re
from html import unescape

from blog_service.transfer.entries import Picture

_EDITOR = re.compile(r"<!--\s*/?(?:wp:|kg-|more\b|members-only\b|nextpage\b).*?-->\n?", re.DOTALL)
_PREFORMATTED = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL | re.IGNORECASE)
_INDENTED = re.compile(r"^[ \t]+", re.MULTILINE)
_IMAGE = re.compile(r"<img\b[^>]{0,5000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SHORTCODE = re.compile(r"\[/?[a-z][a-z0-9_-]{2,}(?:\s[^\]\n]*)?\]")


def body_of(html: str) -> str:
    """Without what only an editor reads, and without indentation, by which Markdown knows code."""
    parts = _PREFORMATTED.split(_EDITOR.sub("", html.replace("\r\n", "\n")))
    return "".join(part if index % 2 else _INDENTED.sub("", part) for index, part in enumerate(parts)).strip()


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
