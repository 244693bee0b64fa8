"""What ``contracts/access.yaml`` says, for REST framework's views: the default permission of every service."""

from functools import cache
from typing import TYPE_CHECKING, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from chassis.access import listed
from chassis.django.authentication import revocations
from chassis.django.queries import require_declared_query
from chassis.tokens import Claims

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports the default permissions, and so this module


class AccessTablePermission(BasePermission):
    """Who may is in the table; what is not listed is refused, as is a parameter that a GET of the API does not have.

    A method that the view has not is left to its 405.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        method = request.method or ""
        if method in view.allowed_methods:
            assert request.resolver_match  # it led to this view
            claims = cast("Claims | None", request.auth)
            access = listed(method, template(request.resolver_match.route))
            access.require(claims)
            revocations().require_current(access, claims)
            if method in {"GET", "HEAD"} and request.path.startswith("/api/"):
                require_declared_query(request, view)
        return True


@cache
def template(route: str) -> str:
    """The path of the contract, such as ``/api/v1/posts/{slug}``, for a route as Django's resolver names it."""
    from rest_framework.schemas.generators import EndpointEnumerator  # noqa: PLC0415  as above

    return EndpointEnumerator(patterns=[]).get_path_from_regex(route)
