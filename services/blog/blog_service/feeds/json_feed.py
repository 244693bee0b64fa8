"""Feeds as JSON Feed 1.1 (jsonfeed.org)."""

from typing import Any

from chassis.clock import format_timestamp
from chassis.django.renderers import encode

from blog_service.feeds.entries import Entry, Feed

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed) -> bytes:
    """The feed, with whole texts in ``content_html``, else the beginning of each in ``content_text``."""
    return encode(
        {
            "version": VERSION,
            "title": feed.subject.title,
            "home_page_url": feed.subject.link,
            "feed_url": feed.subject.address("feed.json"),
            "items": [_item(entry) for entry in feed.entries],
        }
    )


def _item(entry: Entry) -> dict[str, Any]:
    content = {"content_text": entry.summary} if entry.html is None else {"content_html": entry.html}
    picture = {"image": entry.image} if entry.image else {}
    return {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        **content,
        "summary": entry.summary,
        **picture,
        "date_published": format_timestamp(entry.published),
        "date_modified": format_timestamp(entry.updated),
        "authors": [{"name": each.name, "url": each.link} for each in entry.authors],
        "tags": entry.tags,
    }
