"""Pages in the contract: drf-spectacular sees REST framework's views alone."""

from inspect import cleandoc
from typing import Any, cast

from chassis.django.access import template
from chassis.openapi import Document

from blog_service.pages.urls import urlpatterns
from blog_service.pages.views import AuthorPage, PostPage, Stylesheet

HTML, CSS = "text/html", "text/css"
_MOVED = {
    PostPage: {"308": {"description": "it has another slug by now"}},
    AuthorPage: {"308": {"description": "the author has another name by now"}},
}


def with_pages(result: Document, **_: object) -> Document:
    """A hook of drf-spectacular: the document with an operation for each page."""
    for pattern in urlpatterns:
        path = template(str(pattern.pattern))
        result["paths"][path] = {"get": _operation(cast("Any", pattern.callback).view_class, path)}
    return result


def _operation(view: Any, path: str) -> Document:
    media_type = CSS if view is Stylesheet else HTML
    body = {"content": {media_type: {"schema": {"type": "string"}}}}
    responses: Document = {"200": {**body, "description": ""}, **_MOVED.get(view, {})}
    if media_type == HTML:
        responses |= {status: {**body, "description": "a page that says so"} for status in ("400", "404", "503")}
    names = [part[1:-1] for part in path.replace(".css", "").split("/") if part.startswith("{")]
    text = {"type": "string"}
    return {
        "operationId": f"page_{view.__name__.lower()}",
        "description": cleandoc(view.__doc__ or "").partition("\n\n")[0],
        "parameters": [{"in": "path", "name": name, "schema": text, "required": True} for name in names],
        "tags": ["pages"],
        "security": [{}],
        "responses": responses,
    }
