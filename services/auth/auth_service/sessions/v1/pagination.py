"""Lists in version 1: by page number."""

from urllib.parse import urlsplit

from rest_framework.pagination import PageNumberPagination

from auth_service.settings import settings


class Pages(PageNumberPagination):
    """20 to a page, at most 100; links lead to the gateway whatever host was asked."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100

    def get_next_link(self) -> str | None:
        return _at_gateway(super().get_next_link())

    def get_previous_link(self) -> str | None:
        return _at_gateway(super().get_previous_link())


def _at_gateway(link: str | None) -> str | None:
    if link is None:
        return None
    parts = urlsplit(link)
    return f"{settings().public_url}{parts.path}?{parts.query}"
