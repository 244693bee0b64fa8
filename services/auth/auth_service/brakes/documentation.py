"""What contracts say of brakes."""

from drf_spectacular.utils import OpenApiResponse

HELD_BACK = OpenApiResponse(description="`too_many_attempts`: `Retry-After` says when the next one counts.")
