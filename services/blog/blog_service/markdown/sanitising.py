"""Which HTML may be embedded in a page of somebody else's: tags, attributes, and values of attributes."""

import re
from collections.abc import Callable
from copy import deepcopy

import nh3

from blog_service.markdown.budget import BUDGET, TooComplex

PREFIX = "user-content-"
"""What ids begin with, so that none is one of the page's own or hides a property of its document."""
LINK_REL = "noopener noreferrer nofollow ugc"
SCHEMES = {"http", "https", "mailto"}
TAGS = nh3.ALLOWED_TAGS | {"input", "section", "tfoot"}
ATTRIBUTES = deepcopy(nh3.ALLOWED_ATTRIBUTES)
ATTRIBUTES["*"] = {"dir", "id", "lang", "title"}
ATTRIBUTES["bdo"] = set()
ATTRIBUTES["details"] = {"open"}
ATTRIBUTES["input"] = {"checked", "disabled", "type"}
ATTRIBUTES["li"] = {"value"}
ATTRIBUTES["ol"] = {"reversed", "start"}
ATTRIBUTES["time"] = {"datetime"}
FORCED = {"input": {"type": "checkbox", "disabled": ""}}
"""Boxes of task lists are all that is let through of forms, and nobody can tick them."""
for _tag in ("a", "code", "hr", "li", "ol", "section", "sup"):
    ATTRIBUTES[_tag] = ATTRIBUTES.get(_tag, set()) | {"class"}
_READ_APART = frozenset(  # by browsers: what is in them is no text to show, or is no HTML
    {"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "select", "style", "template", "textarea"}
    | {"title", "xmp"}
)
_KEPT = TAGS | _READ_APART
_BOXES = {is_ticked: f'<input type="checkbox"{" checked" * is_ticked} disabled>' for is_ticked in (False, True)}
_TAG = re.compile(r"""</?([a-zA-Z][^\s/<>]*)(?:[\s/](?:[^<>"']|"[^"<]*"|'[^'<]*')*)?>""")
MOST_ATTRIBUTES = 100
"""The most attributes of one tag, so that sanitising keeps to the budget of a text as well."""
READ = 2 * BUDGET.output
"""Characters that are read in search of such tags; those of tags that are closed are no more than the text has."""
_TAG_MAY_BEGIN = re.compile(r"</?[a-zA-Z](?=([^ \t\n\f\r/>]*))")
_ATTRIBUTE = re.compile(  # as browsers read them (HTML, 13.2.5.32 to 13.2.5.40), who need no space after a quote
    r"""[ \t\n\f\r/]*[^ \t\n\f\r/>][^ \t\n\f\r/>=]*"""
    r"""(?:[ \t\n\f\r]*=[ \t\n\f\r]*(?:"[^"]*"?|'[^']*'?|[^ \t\n\f\r>"'][^ \t\n\f\r>]*)?)?"""
)
_CLASSES = frozenset(
    {"footnote-ref", "footnotes-sep", "footnotes", "footnotes-list", "footnote-item", "footnote-backref"}
)
_LANGUAGE = re.compile(r"language-[\w+#.\-]{1,40}")
_ID = re.compile(r"[^\s\"'<>&]{1,120}")


def sanitise(dirty: str, prefix: str = PREFIX) -> str:
    """The harmless part of an HTML text. Ids are prefixed and unique, and links within the text follow them.

    Raises TooComplex for a tag with more than MOST_ATTRIBUTES.
    """
    dirty = _TAG.sub(_known, dirty)
    _refuse_crowded_tags(dirty)
    return nh3.clean(
        dirty,
        tags=TAGS,
        attributes=ATTRIBUTES,
        set_tag_attribute_values=FORCED,
        attribute_filter=_filter(prefix),
        url_schemes=SCHEMES,
        link_rel=LINK_REL,
    )


def absolute(safe_html: str, page: str) -> str:
    """Sanitised HTML for elsewhere: addresses are whole, as seen from ``page``, and their schemes checked again.

    The servers of pictures are not told on which page they are. (One attribute: nh3 writes several in any order, and
    the same text would have another ETag each time.)
    """
    return nh3.clean(
        safe_html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        url_relative=("rewrite_with_base", page),
        link_rel=LINK_REL,
        set_tag_attribute_values={"img": {"referrerpolicy": "no-referrer"}},
    )


def _refuse_crowded_tags(dirty: str) -> None:
    """Of what may be a tag or stand in a comment or a value the sanitiser alone knows, so each counts as a tag."""
    left = READ
    for beginning in _TAG_MAY_BEGIN.finditer(dirty):
        count, place = 0, beginning.end(1)
        left -= place - beginning.start()
        while attribute := _ATTRIBUTE.match(dirty, place):
            count += 1
            left -= attribute.end() - place
            place = attribute.end()
            if count > MOST_ATTRIBUTES or left < 0:
                raise TooComplex(f"Give a tag at most {MOST_ATTRIBUTES} attributes, and close each one with a >.")


def _known(tag: re.Match[str]) -> str:
    """The tag, if it is one to keep: nh3 would drop elements of SVG and MathML together with the words in them."""
    if tag[1].lower() == "input":
        return _BOXES["checked" in tag[0]] if "checkbox" in tag[0] else ""
    if tag[1].lower() in _KEPT:
        return tag[0]
    return " " if tag[0].startswith("</") else ""  # what stood in two elements stays two words


def without_tags(safe_html: str) -> str:
    """The words of sanitised HTML, in which entities are still written as such."""
    return nh3.clean(safe_html, tags=set())


def _filter(prefix: str) -> Callable[[str, str, str], str | None]:
    """What becomes of the values of attributes in one text; None drops the attribute."""
    ids: set[str] = set()

    def value_of(tag: str, name: str, value: str) -> str | None:
        match name:
            case "class":
                is_known = _LANGUAGE.fullmatch(value) if tag == "code" else value in _CLASSES
                return value if is_known else None
            case "dir":
                return value.lower() if value.lower() in {"ltr", "rtl", "auto"} else None
            case "id":
                return _unique(value, ids, prefix)
            case "href" if value.startswith("#") and len(value) > 1:
                return f"#{prefix}{value[1:].removeprefix(prefix)}"
        return value

    return value_of


def _unique(value: str, ids: set[str], prefix: str) -> str | None:
    name = prefix + value.removeprefix(prefix)
    if name in ids or not _ID.fullmatch(name):
        return None
    ids.add(name)
    return name
