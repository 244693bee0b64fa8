"""Lists of REST framework's views: the query of a request, its documentation, and rows in the order of a cursor."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from chassis.lists import CursorPage, Page, Parameter, Query

M = TypeVar("M", bound=Model)


def query_of(request: Request, known: Iterable[Parameter]) -> Query:
    """What the request asks of its list; raises Problem (400) for what the list does not know."""
    sent = ((name, value) for name, values in request.query_params.lists() for value in values)
    return Query(request.path, sent, known)


def documented(known: Iterable[Parameter]) -> list[OpenApiParameter]:
    """The parameters of a list, for ``extend_schema``."""
    return [OpenApiParameter(each.name, dict(each.schema), description=each.description) for each in known]


def page_body(page: Page, count: int, results: list[Any]) -> dict[str, Any]:
    """The answer that shows one page of ``count`` rows."""
    return page.body(count, results, public_url=settings.SERVICE_SETTINGS.public_url)


def rows_on(page: CursorPage, rows: "QuerySet[M]") -> "QuerySet[M]":
    """The rows of a page in its order, and one more where others follow."""
    rows = rows.order_by(*page.keyset)
    if page.place is not None:
        rows = rows.filter(_after(page))
    return rows[: page.limit + 1]


def _after(page: CursorPage) -> Q:
    """Past the place in the first column, or level with it there and past it in the next, and so on."""
    assert page.place is not None
    after, level, bound = Q(), Q(), Q()
    for column, key in zip(page.keyset, page.place, strict=True):
        name, past = column.removeprefix("-"), "lt" if column.startswith("-") else "gt"
        after |= level & Q(**{f"{name}__{past}": key})
        level &= Q(**{name: key})
        bound = bound or Q(**{f"{name}__{past}e": key})
    return bound & after  # the bound alone would do for the index, the rest for the truth
