"""A preview link in a browser: the post as its page will be, at the address where programs read it as JSON."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.generic import DetailView

from blog_service.cache_headers import PRIVATE
from blog_service.pages.posts import WHOLE, shown_whole
from blog_service.pages.views import READING, Page
from blog_service.posts.models import Post
from blog_service.posts.selectors import rows_of
from blog_service.posts.services.previews import PreviewNotFound, preview_open
from blog_service.posts.v2.previews import FOR_NOBODY_ELSE, Preview

_JSON, _HTML = "application/json", "text/html"
View = Callable[..., HttpResponseBase]


class PreviewPage(Page, DetailView):  # type: ignore[type-arg]  # Django's has none at run time
    """A post before it is public, marked as such."""

    template_name = "pages/preview.html"
    context_object_name = "post"

    def get_object(self, queryset: Any = None) -> Any:  # noqa: ARG002
        post_id = preview_open(self.kwargs["token"], now=timezone.now())
        for row in rows_of(Post.objects.filter(id=post_id), None, WHOLE):
            return shown_whole(row)
        raise PreviewNotFound

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, title=kwargs["object"]["title"])

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return super().render_to_response(context, headers={"Cache-Control": PRIVATE}, **options)


def _as_preferred(api: View, page: View) -> View:
    """The page for who would rather have HTML, as browsers would; the API for anybody else."""

    @wraps(api)  # which brings what the contract is made of
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reads = (request.method or "").lower() in READING
        chosen = page if reads and request.get_preferred_type((_JSON, _HTML)) == _HTML else api
        answer = chosen(request, *args, **kwargs)
        for name, value in FOR_NOBODY_ELSE.items():
            answer.headers[name] = value
        patch_vary_headers(answer, ["Accept"])
        return answer

    return view


preview = _as_preferred(Preview.as_view(), PreviewPage.as_view())
