"""What all pages have in common: their frame, their headers, and how they say that something is wrong."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from blog_service.cache_headers import keep_if_public
from blog_service.links import feed_link, posts_page_link, style_link
from blog_service.pages.phrases import PHRASES, language_of
from blog_service.pages.stylesheet import style_name
from blog_service.settings import settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' https: http:",  # authors may show pictures of anywhere
        "connect-src 'self'",  # for tools that look for robots.txt from inside a page; pages run no scripts
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""What a page may load (CSP3): our stylesheet, pictures, and nothing that is written into the page."""
FEEDS = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}
WRONG = {400: "bad_request", 404: "not_found", "preview_not_found": "preview_ended"}
"""What the page says of a status, or of a code where that says more."""


def finished(request: HttpRequest, answer: TemplateResponse) -> HttpResponse:
    """The page in its frame and in the reader's language, with what its headers say."""
    language = language_of(request)
    answer.context_data = _frame(language, answer.context_data or {})
    answer.render()
    answer.headers["Content-Language"] = language
    answer.headers["Content-Security-Policy"] = POLICY
    patch_vary_headers(answer, ["Accept-Language"])
    keep_if_public(request, answer)
    return answer


def error_page(request: HttpRequest, status: int, code: str = "") -> HttpResponse:
    """The page that says what is wrong, for people."""
    with translation.override(language_of(request)):
        wrong = WRONG.get(code) or WRONG.get(status, "unavailable")
        return finished(request, TemplateResponse(request, "pages/error.html", {"wrong": wrong}, status=status))


def _frame(language: str, page: dict[str, Any]) -> dict[str, Any]:
    filters = page.get("feed", {})
    say = PHRASES[language]
    wrong = page.get("wrong")
    return {
        **page,
        "language": language,
        "say": say,
        "site": settings().site_name,
        "home": posts_page_link(),
        "style": style_link(style_name()),
        "feeds": [{"link": feed_link(name, **filters), "type": kind, "name": name} for name, kind in FEEDS.items()],
        "title": say[wrong] if wrong else page["title"],
        "why": say[f"{wrong}_why"] if wrong else "",
    }
