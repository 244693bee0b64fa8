"""Query parameters as the documentation shows them; query.py reads them."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

PAGE = [
    OpenApiParameter("page", OpenApiTypes.INT, description="from 1"),
    OpenApiParameter("page_size", OpenApiTypes.INT, description="20 unless given; more than 100 means 100"),
]
CURSOR = [
    OpenApiParameter("cursor", description="`next_cursor` of the page before"),
    OpenApiParameter("limit", OpenApiTypes.INT, description="20 unless given; more than 100 means 100"),
]
POST_FILTERS = [
    OpenApiParameter("author", description="a username"),
    OpenApiParameter("tag"),
    OpenApiParameter("published_at__gte", OpenApiTypes.DATETIME),
    OpenApiParameter("published_at__lte", OpenApiTypes.DATETIME),
]
