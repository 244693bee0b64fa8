"""Pages for people, by Django's generic views: a post, an author, a tag, the list of all. They need no JavaScript."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from chassis.django.lists import rows_on
from chassis.lists import CURSOR, Query, cursor_page
from chassis.problems import Problem
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.generic import DetailView, ListView, View

from blog_service.cache_headers import PUBLIC, keep_if_public
from blog_service.links import author_page_link, post_page_link, posts_page_link, tag_page_link
from blog_service.pages import linked_data
from blog_service.pages.answers import error_page, finished
from blog_service.pages.phrases import language_of
from blog_service.pages.posts import IN_LISTS, WHOLE, Shown, author_shown, shown, shown_whole
from blog_service.pages.stylesheet import style, style_name
from blog_service.posts.finding import BEST_FIRST, highlights_of, hits_on, posts_found, rows_in_order
from blog_service.posts.lists import FILTERS, NEWEST_FIRST, place_of, posts_published
from blog_service.posts.selectors import PostRow, post_get_by_slug, rows_of
from blog_service.posts.surrogate_keys import keys_of_post, keys_of_posts
from blog_service.profiles.moves import moved
from blog_service.profiles.selectors import author_called
from blog_service.search.terms import Terms
from blog_service.settings import settings
from blog_service.tags.selectors import TagNotFound, tag_get

KNOWN = (*CURSOR, *FILTERS)
READING = ["get", "head"]


class Page(View):
    """A page in the reader's language, which caches may keep for all strangers."""

    http_method_names = READING

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(language_of(request)):
            if any("\0" in name for name in kwargs.values()):  # which no database looks for
                return error_page(request, 404)
            try:
                answer = super().dispatch(request, *args, **kwargs)
            except Problem as problem:
                return error_page(request, problem.status, problem.code)
            return finished(request, answer) if isinstance(answer, TemplateResponse) else answer


class PostPage(Page, DetailView):  # type: ignore[type-arg]  # Django's has none at run time
    """A post; an old slug leads to the present one."""

    template_name = "pages/post.html"
    context_object_name = "post"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.row = post_get_by_slug(kwargs["slug"], None, WHOLE)
        if self.row["slug"] != kwargs["slug"]:
            answer = HttpResponse(status=308, headers={"Location": post_page_link(self.row["slug"])})
            keep_if_public(request, answer)
            return answer
        return super().get(request, *args, **kwargs)

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return super().render_to_response(context, headers=keys_of_post(self.row), **options)

    def get_object(self, queryset: Any = None) -> Any:  # noqa: ARG002
        return shown_whole(self.row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        post = kwargs["object"]
        data = mark_safe(linked_data.of_post(post))  # noqa: S308  escaped there
        return super().get_context_data(**kwargs, title=post["title"], canonical=post["link"], linked_data=data)


class ListPage(Page, ListView):  # type: ignore[type-arg]  # as above
    """Posts, newest first, with a way to older ones."""

    template_name = "pages/list.html"
    context_object_name = "posts"
    taken: ClassVar[frozenset[str]] = frozenset({"cursor"})
    """What the page reads of its query; a link may carry other words, such as those by which clicks are counted."""
    of_author: UUID | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sent = self.sent()
        page = Query(request.path, sent.items(), KNOWN)  # what is no value at all is refused before it is looked for
        self.about = self.subject()
        self.query = Query(request.path, {**sent, **self.about.pop("filters", {})}.items(), KNOWN)
        self.rows, older = _rows(self.query)
        self.about["older"] = page.address(settings().public_url, cursor=older) if older else None
        return super().get(request, *args, **kwargs)

    def sent(self) -> dict[str, str]:
        """What the page reads of its query."""
        asked = ((name, str(self.request.GET.get(name, ""))) for name in sorted(self.taken))
        return {name: value for name, value in asked if value.strip()}

    def subject(self) -> dict[str, Any]:
        """What the page is about: ``title``, ``canonical``, and the ``filters`` of its posts; raises Problem (404)."""
        raise NotImplementedError

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return super().render_to_response(context, headers=keys_of_posts(self.rows, self.of_author), **options)

    def get_queryset(self) -> Any:
        return [shown(row) for row in self.rows]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cursor = self.query.given("cursor")
        return super().get_context_data(**kwargs, **self.about, is_first=cursor is None)


class PostsPage(ListPage):
    """All posts, or those of a tag whose name no path can hold, or those that have the words of ``q``."""

    taken = frozenset({"cursor", "q", "tag"})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("q", "").strip():
            return self._found(request)
        return super().get(request, *args, **kwargs)

    def subject(self) -> dict[str, Any]:
        if (name := self.request.GET.get("tag", "")).strip():
            return _about_tag(name)
        return {"title": "", "canonical": posts_page_link(), "feed": {}}

    def _found(self, request: HttpRequest) -> HttpResponse:
        query = Query(request.path, self.sent().items(), KNOWN)
        page, found = cursor_page(query, BEST_FIRST), posts_published(query)
        assert found.terms is not None
        hits, worse = hits_on(page, posts_found(found.posts, found.terms))
        rows = rows_in_order(found.posts, [hit.post_id for hit in hits], None, IN_LISTS)
        about: dict[str, Any] = {
            "title": query.given("q"),
            "asked": query.given("q"),
            "canonical": posts_page_link(),
            "feed": {},
            "posts": [_marked(row, found.terms) for row in rows],
            "more": query.address(settings().public_url, cursor=worse) if worse else None,
        }
        return TemplateResponse(request, "pages/list.html", about, headers=keys_of_posts(rows))


class AuthorPage(ListPage):
    """An author and their posts; a former name leads to the present one."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.author = author_called(kwargs["username"])
        self.of_author = self.author.id
        if not self.author.is_called(kwargs["username"]):
            answer = moved(self.author, author_page_link(self.author.username))
            keep_if_public(request, answer)
            return answer
        return super().get(request, *args, **kwargs)

    def subject(self) -> dict[str, Any]:
        author = self.author
        return {
            "title": author.username,
            "canonical": author_page_link(author.username),
            "author": author_shown(author.username, author.avatar, author.bio),
            "feed": {"author": author.username},
            "filters": {"author": author.username},
        }


class TagPage(ListPage):
    """The posts of a tag."""

    def subject(self) -> dict[str, Any]:
        return {**_about_tag(self.kwargs["name"]), "filters": {"tag": self.kwargs["name"]}}


class Stylesheet(View):
    """How the pages look; kept for good, for another style has another address."""

    http_method_names = READING

    def get(self, _request: HttpRequest, name: str) -> HttpResponse:
        """The stylesheet of this release; a page of another one asks again."""
        kept = "public, max-age=31536000, immutable" if name == style_name() else PUBLIC
        return HttpResponse(style(), content_type="text/css; charset=utf-8", headers={"Cache-Control": kept})


def _about_tag(name: str) -> dict[str, Any]:
    tag = tag_get(name)
    if tag is None:
        raise TagNotFound
    return {"title": tag.name, "canonical": tag_page_link(tag.name), "tag": tag.name, "feed": {"tag": tag.name}}


def _rows(query: Query) -> tuple[Sequence[PostRow], str | None]:
    page, narrowed = cursor_page(query, NEWEST_FIRST), posts_published(query)
    return page.split(rows_of(rows_on(page, narrowed.posts), None, IN_LISTS), place_of)


def _marked(row: PostRow, terms: Terms) -> Shown:
    title, passage = map(mark_safe, highlights_of(row, terms))  # escaped there
    return {**shown(row), "marked_title": title, "passage": passage}
