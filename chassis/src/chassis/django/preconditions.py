"""What a view demands of its callers before they change something."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from chassis import preconditions
from chassis.preconditions import IfMatch

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="the ETag of what is to be changed, or `*`; 428 without it, 412 if that has changed",
)
"""For ``extend_schema``."""


def if_match(request: Request) -> IfMatch:
    """The demand of a request; raises Problem (428) for one that makes none."""
    return preconditions.if_match(request.headers.get("If-Match"))
