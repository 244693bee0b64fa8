"""What the operations on comments refuse beside what all do, for their documentation."""

from drf_spectacular.utils import OpenApiResponse

CLOSED = OpenApiResponse(description="the post takes no comments: `comments_closed`")
BY_STATUS = OpenApiResponse(description="`status` is for the post's author and moderators: `not_the_author`")
SAID_ENOUGH = OpenApiResponse(description="too many in an hour, with `Retry-After`")
MODERATOR_NEEDED = OpenApiResponse(
    description="not the caller's to decide: `not_the_author`, or only a moderator's: `moderator_needed`"
)
