"""Feeds as XML: RSS 2.0 and Atom (RFC 4287), by Django's generators."""

from datetime import datetime
from html import escape
from typing import Any

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed

from blog_service.feeds.entries import Entry, Feed

CONTENT = "http://purl.org/rss/1.0/modules/content/"
HTML = {"type": "html"}
DUBLIN_CORE = {"xmlns:dc": "http://purl.org/dc/elements/1.1/"}


def rss(feed: Feed) -> str:
    """The feed in RSS 2.0, with whole texts in ``content:encoded``."""
    return _written(_Rss, feed, "rss.xml")


def atom(feed: Feed) -> str:
    """The feed in Atom. Texts are ``type="html"``: some readers reorder the words of XHTML."""
    return _written(_Atom, feed, "atom.xml")


def _written(form: type[SyndicationFeed], feed: Feed, name: str) -> str:
    address = feed.subject.address(name)
    writer = form(
        feed.subject.title,
        feed.subject.link,
        feed.subject.title,
        feed_url=address,
        feed_guid=address,
        updated=feed.updated,
    )
    for entry in feed.entries:
        _add(writer, entry)
    written: str = writer.writeString("utf-8")
    return written


def _add(writer: SyndicationFeed, entry: Entry) -> None:
    """A guid that is no address has the link beside it. Of several authors Django's generators know the first."""
    first, *others = entry.authors
    writer.add_item(
        entry.title,
        entry.link,
        escape(entry.summary, quote=False),  # readers take it for HTML
        author_name=first.name,
        author_link=first.link,
        others=others,
        pubdate=entry.published,
        updateddate=entry.updated,
        categories=entry.tags,
        unique_id=entry.id,
        unique_id_is_permalink=False,
        html=entry.html,
    )


class _Stable(SyndicationFeed):
    """One that says nothing of the time at which it was asked for."""

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated


class _Rss(_Stable, Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": CONTENT}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for author in item["others"]:
            handler.addQuickElement("dc:creator", author.name, DUBLIN_CORE)
        if item["html"] is not None:
            handler.addQuickElement("content:encoded", item["html"])


class _Atom(_Stable, Atom1Feed):
    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for author in item["others"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", author.name)
            handler.addQuickElement("uri", author.link)
            handler.endElement("author")
        if item["html"] is not None:
            handler.addQuickElement("content", item["html"], HTML)
