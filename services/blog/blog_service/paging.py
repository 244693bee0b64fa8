"""Numbered pages, as every list of v1 has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from chassis.problems import Problem
from rest_framework.request import Request

from blog_service.query import Query
from blog_service.settings import settings

PAGE_SIZE = 20
PAGE_SIZE_LIMIT = 100
PAGING = frozenset({"page", "page_size"})


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was asked for: ``number`` from 1, ``size`` rows."""

    number: int
    size: int

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        return self.start + self.size

    def require(self, count: int) -> None:
        """Raises Problem (404) where ``count`` rows do not reach this page; the first one is always there."""
        if self.start and self.start >= count:
            raise Problem(404, "page_not_found", "There is no such page.")


def page_of(query: Query) -> Page:
    """The page a query asks for; raises Problem (400) for one that makes no sense."""
    return Page(query.number("page", 1), min(query.number("page_size", PAGE_SIZE), PAGE_SIZE_LIMIT))


def page_body(request: Request, page: Page, count: int, results: list[Any]) -> dict[str, Any]:
    """The answer that shows one page of ``count`` rows."""
    return {
        "count": count,
        "next": _link(request, page.number + 1) if page.stop < count else None,
        "previous": _link(request, page.number - 1) if page.number > 1 else None,
        "results": results,
    }


def _link(request: Request, number: int) -> str:
    parameters: Mapping[str, str] = request.query_params.dict() | {"page": str(number)}
    return f"{settings().public_url}{request.path}?{urlencode(parameters)}"
