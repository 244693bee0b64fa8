"""Authors in version 1."""

from chassis.problems import Problem
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from blog_service.authors.services import author_find
from blog_service.authors.v1.shapes import Author
from blog_service.cache_headers import PubliclyCachedView


class AuthorByUsername(PubliclyCachedView):
    @extend_schema(operation_id="authors_read", responses=Author)
    def get(self, _request: Request, username: str) -> Response:
        """An author; everyone who has registered is one."""
        author = author_find(username)
        if author is None:
            raise Problem(404, "author_not_found", "There is no such author.")
        return Response(Author.from_instance(author))
