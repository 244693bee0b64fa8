"""What contracts say of dangerous steps."""

from drf_spectacular.utils import OpenApiResponse

STEP_UP = OpenApiResponse(description="`step_up_required`: the log-in was more than ten minutes ago.")
