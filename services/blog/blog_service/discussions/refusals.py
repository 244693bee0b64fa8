"""What the operations on comments refuse beside what all do, for their documentation."""

from drf_spectacular.utils import OpenApiResponse

CLOSED = OpenApiResponse(description="the post takes no comments: `comments_closed`")
SAID_ENOUGH = OpenApiResponse(description="too many in an hour, with `Retry-After`")
