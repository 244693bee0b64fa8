"""What WordPress exports: WXR, an RSS feed with more in it. https://wordpress.org/documentation/article/tools-export-screen/"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from blog_service.transfer.entries import MOST, Entries, Entry, Left, Unreadable, moment_of
from blog_service.transfer.html import body_of, pictures_in, shortcodes_in

LARGEST = 2 * 1024 * 1024 * 1024
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
WP = "{http://wordpress.org/export/1."
NEVER = "0000-00-00 00:00:00"
_KINDS = {"post", "page"}
"""What is told of; of attachments, menus, revisions and what plugins keep nobody asks."""


def wordpress_entries(file: Path) -> Entries:
    """The posts of an export, read as a stream; raises Unreadable, also in the middle of a file that is damaged."""
    if not file.is_file() or file.stat().st_size > LARGEST:
        raise Unreadable(f"{file} is no file of at most {LARGEST} bytes.")
    for number, item in enumerate(_items(file)):
        if number == MOST:
            raise Unreadable(f"There are more than {MOST} entries.")
        kind = _wp(item, "post_type")
        if kind in _KINDS:
            key = _wp(item, "post_id") or item.findtext("guid", "")
            try:
                yield _entry(item, key, kind)
            except (Unreadable, ValueError) as error:
                yield Left(key, str(error))


def _items(file: Path) -> Iterator[Element]:
    seen_root = False
    try:
        for event, element in iterparse(str(file), ("start", "end"), forbid_dtd=True):
            if event == "start" and not seen_root:
                seen_root = True
                if element.tag != "rss":
                    raise Unreadable(f"{file} is no export of WordPress.")
            elif event == "end" and element.tag == "item":
                yield element
                element.clear()
    except DefusedXmlException as error:
        raise Unreadable(f"{file} declares types or entities, which no export does.") from error
    except ParseError as error:
        raise Unreadable(f"{file} is no XML: {error}.") from error


def _entry(item: Element, key: str, kind: str) -> Entry:
    status = _wp(item, "status")
    if kind != "post":
        raise Unreadable(f"is a {kind}, no post")
    if status in {"trash", "auto-draft", "inherit"}:
        raise Unreadable(f"is {status}")
    if _wp(item, "post_password"):
        raise Unreadable("has a password of its own, and would have none here")
    html = item.findtext(CONTENT, "")
    published_at, body = _moment(item, "post_date_gmt"), body_of(html)
    return Entry(
        key=key,
        title=item.findtext("title", ""),
        body=body,
        slug=_wp(item, "post_name"),
        summary=_excerpt(item),
        tags=_tags(item),
        written_at=published_at,
        published_at=(published_at or datetime.now(UTC)) if status == "publish" else None,
        pictures=pictures_in(body),
        notes=tuple(_notes(item, status, html)),
    )


def _wp(item: Element, name: str) -> str:
    """A field of WordPress' own, whichever minor version of the format it is of."""
    return next(
        (child.text or "" for child in item if child.tag.startswith(WP) and child.tag.endswith(f"}}{name}")), ""
    )


def _excerpt(item: Element) -> str:
    tags = (child for child in item if child.tag.startswith(WP) and child.tag.endswith("excerpt/}encoded"))
    return next((child.text or "" for child in tags), "").strip()


def _moment(item: Element, name: str) -> datetime | None:
    said = _wp(item, name)
    return None if said == NEVER else moment_of(said)


def _tags(item: Element) -> tuple[str, ...]:
    domains = {"post_tag", "category"}
    names = [each.text or "" for each in item.findall("category") if each.get("domain") in domains]
    return tuple(dict.fromkeys(name for name in names if name and name != "Uncategorized"))


def _notes(item: Element, status: str, html: str) -> Iterator[str]:
    if status not in {"publish", "draft"}:
        yield f"was {status}, is a draft"
    if comments := sum(child.tag.endswith("}comment") for child in item):
        yield f"{comments} comments are left out: their authors have no account here"
    if names := shortcodes_in(html):
        yield f"what plugins would show stays as text: {', '.join(sorted(names))}"
