"""What a view demands of its callers before they change something."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from chassis import preconditions
from chassis.preconditions import ANY, IfMatch


def _parameter(*, required: bool) -> OpenApiParameter:
    without = "428 without it, " if required else ""
    return OpenApiParameter(
        "If-Match",
        str,
        OpenApiParameter.HEADER,
        required=required,
        description=f"the ETag of what is to be changed, or `*`; {without}412 if that has changed",
    )


IF_MATCH, IF_MATCH_OPTIONAL = _parameter(required=True), _parameter(required=False)
"""For ``extend_schema``."""


def if_match(request: Request) -> IfMatch:
    """The demand of a request; raises Problem (428) for one that makes none."""
    return preconditions.if_match(request.headers.get("If-Match"))


def if_match_or_any(request: Request) -> IfMatch:
    """The demand of a request, if it makes one."""
    header = request.headers.get("If-Match")
    return ANY if header is None else preconditions.if_match(header)
