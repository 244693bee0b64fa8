"""Feeds and the sitemap: under /api/v1 as all of the API, and at the root where readers look for them."""

from collections.abc import Callable
from typing import Any

from chassis.django.lists import documented, query_of
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from blog_service.cache_headers import ALL_POSTS, KEYS, PubliclyCachedView
from blog_service.feeds.entries import PARAMETERS, Feed, feed_of, subject_of
from blog_service.feeds.json_feed import json_feed
from blog_service.feeds.sitemap import AFTER, sitemap
from blog_service.feeds.xml import atom, rss
from blog_service.posts.surrogate_keys import keys_of_posts
from blog_service.profiles.moves import moved

RSS, ATOM, JSON, SITEMAP = "application/rss+xml", "application/atom+xml", "application/feed+json", "application/xml"
_UTF8 = "; charset=utf-8"


class OneForm(BaseContentNegotiation):
    """There is one form, whatever a reader says it takes: refusing it with 406 would help nobody."""

    def select_parser(self, request: Request, parsers: Any) -> Any:  # noqa: ARG002
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:  # noqa: ARG002
        return renderers[0], renderers[0].media_type


class Rss(PubliclyCachedView):
    content_negotiation_class = OneForm

    @extend_schema(parameters=documented(PARAMETERS), responses={(200, RSS): str, 308: None, 404: None})
    def get(self, request: Request) -> HttpResponse:
        """The newest posts in RSS 2.0, of all, an author or a tag; with ``full`` the whole texts."""
        return _feed(request, "rss.xml", RSS, rss)


class Atom(PubliclyCachedView):
    content_negotiation_class = OneForm

    @extend_schema(parameters=documented(PARAMETERS), responses={(200, ATOM): str, 308: None, 404: None})
    def get(self, request: Request) -> HttpResponse:
        """The newest posts in Atom, of all, an author or a tag; with ``full`` the whole texts."""
        return _feed(request, "atom.xml", ATOM, atom)


class JsonFeed(PubliclyCachedView):
    content_negotiation_class = OneForm

    @extend_schema(parameters=documented(PARAMETERS), responses={(200, JSON): dict[str, Any], 308: None, 404: None})
    def get(self, request: Request) -> HttpResponse:
        """The newest posts as JSON Feed 1.1, of all, an author or a tag; with ``full`` the whole texts."""
        return _feed(request, "feed.json", JSON, json_feed)


class Sitemap(PubliclyCachedView):
    content_negotiation_class = OneForm

    @extend_schema(parameters=documented([AFTER]), responses={(200, SITEMAP): str})
    def get(self, request: Request) -> HttpResponse:
        """The index of the sitemap; with ``after`` a page of posts with their pictures."""
        body = sitemap(query_of(request, [AFTER]))
        return HttpResponse(body, content_type=SITEMAP + _UTF8, headers={KEYS: ALL_POSTS})


def _feed(request: Request, name: str, media_type: str, write: Callable[[Feed], str | bytes]) -> HttpResponse:
    """A feed of an author by a former name leads to that by the present one."""
    query = query_of(request, PARAMETERS)
    subject = subject_of(query)
    author = subject.author
    if author and not author.is_called(query.text("author") or ""):
        return moved(author, subject.address(name))
    feed = feed_of(subject, query)
    keys = keys_of_posts(feed.rows, author.id if author else None)
    return HttpResponse(write(feed), content_type=media_type + _UTF8, headers=keys)
