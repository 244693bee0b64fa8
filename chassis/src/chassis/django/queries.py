"""Queries of views that read none: whatever stands there is refused, as a list refuses what it does not know."""

from typing import TYPE_CHECKING

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from chassis.lists import require_known

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports the default permissions, and so this module


def require_declared_query(request: Request, view: "APIView") -> None:
    """Raises Problem (400) for a parameter that the operation's documentation does not have."""
    if request.META.get("QUERY_STRING"):
        require_known(request.query_params, _declared(request, view))


def _declared(request: Request, view: "APIView") -> frozenset[str]:
    """What ``extend_schema`` was told of the method's query."""
    handler = getattr(view, (request.method or "").lower())
    schema = getattr(handler, "kwargs", {}).get("schema")
    if schema is None:
        return frozenset()
    told = schema()
    told.view = view
    return frozenset(each.name for each in told.get_override_parameters() if each.location == OpenApiParameter.QUERY)
