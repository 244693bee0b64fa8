"""What a feed is about and what is in it, whatever form it is written in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, NamedTuple, cast

from chassis.lists import Parameter, Query
from chassis.problems import Problem
from chassis.text import without_forbidden

from blog_service.authors.models import Author
from blog_service.authors.services import author_named
from blog_service.links import (
    author_page_link,
    feed_link,
    picture_links,
    post_page_link,
    posts_page_link,
    tag_page_link,
)
from blog_service.markdown.sanitising import absolute
from blog_service.posts.lists import FILTERS, NEWEST_FIRST, posts_published
from blog_service.posts.models import PostImage
from blog_service.posts.selectors import ImageRow, PostRow, rows_of
from blog_service.settings import settings
from blog_service.tags.selectors import TagNotFound, tag_get

FULL = Parameter("full", {"type": "boolean"}, "whole texts, as far as they are not too long together")
PARAMETERS = (*(each for each in FILTERS if each.name in {"author", "tag"}), FULL)
ENTRIES = 20
MOST_CHARACTERS = 1_000_000
"""The most characters of whole texts in one feed; those behind are shown by their beginning."""
COLUMNS = frozenset({"title", "excerpt", "summary", "tags", "updated_at"})
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class Person(NamedTuple):
    name: str
    link: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A post in a feed. ``summary`` is plain text, ``html`` its whole text with absolute addresses, or None."""

    id: str
    link: str
    title: str
    authors: list[Person]
    tags: list[str]
    published: datetime
    updated: datetime
    summary: str
    html: str | None
    image: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a feed is about."""

    title: str
    link: str
    filters: dict[str, str]
    author: Author | None

    def address(self, name: str) -> str:
        """The address of the feed in the form that ``name`` stands for."""
        return feed_link(name, **self.filters)


@dataclass(frozen=True, slots=True)
class Feed:
    subject: Subject
    entries: list[Entry]
    rows: list[PostRow]

    @property
    def updated(self) -> datetime:
        """Never now: an answer that is the same has to look the same."""
        return max((entry.updated for entry in self.entries), default=NO_TIME)


def subject_of(query: Query) -> Subject:
    """All posts, or those of one author or tag; raises Problem: 404 if there is none such, 503 if auth is away."""
    names = [settings().site_name]
    link, filters, author = posts_page_link(), {}, None
    if (wanted := query.text("tag")) is not None:
        if (tag := tag_get(wanted)) is None:
            raise TagNotFound
        link, filters["tag"] = tag_page_link(tag.name), tag.name
        names.insert(0, tag.name)
    if (wanted := query.text("author")) is not None:
        if (author := author_named(wanted)) is None:
            raise Problem(404, "author_not_found", "There is no such author.")
        link, filters["author"] = author_page_link(author.username), author.username
        names.insert(0, author.username)
    if query.flag("full"):
        filters["full"] = "true"
    return Subject(" · ".join(names), link, filters, author)


def feed_of(subject: Subject, query: Query) -> Feed:
    """The newest posts about it."""
    posts = posts_published(query).posts.order_by(*NEWEST_FIRST)[:ENTRIES]
    rows = rows_of(posts, None, COLUMNS | ({"html"} if query.flag("full") else set()))
    return Feed(subject, list(_entries(rows)), rows)


def _entries(rows: list[PostRow]) -> Iterator[Entry]:
    left = MOST_CHARACTERS
    for row in rows:
        more = cast("Mapping[str, Any]", row)
        left -= len(more.get("html", ""))
        yield _entry(row, more, is_whole="html" in more and left >= 0)


def _entry(row: PostRow, more: Mapping[str, Any], *, is_whole: bool) -> Entry:
    pictures = [image for image in row["images"] if image["state"] == PostImage.State.CONFIRMED]
    assert row["published_at"]
    return Entry(
        id=f"urn:uuid:{row['id']}",
        link=post_page_link(row["slug"]),
        title=without_forbidden(more["title"]),
        authors=[Person(each["username"], author_page_link(each["username"])) for each in row["authors"]],
        tags=[without_forbidden(tag) for tag in more["tags"]],
        published=row["published_at"],
        updated=max(more["updated_at"], row["published_at"]),
        summary=without_forbidden(more["summary"] or more["excerpt"]),
        html=without_forbidden(_whole(row["slug"], more["html"], pictures)) if is_whole else None,
        image=picture_links(pictures[0]["media"])["large"] if pictures else None,
    )


def _whole(slug: str, html: str, pictures: list[ImageRow]) -> str:
    """The text with its pictures before it, as the page has them."""
    figures = (
        f'<figure><img src="{picture_links(image["media"])["large"]}" alt="{escape(image["alt"])}">'
        f"<figcaption>{escape(image['caption'])}</figcaption></figure>"
        for image in pictures
    )
    return absolute("".join([*figures, html]), post_page_link(slug))
