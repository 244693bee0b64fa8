"""Lists of FastAPI routes: the query of a request, and its documentation."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute

from chassis.lists import Parameter, Query


def query_of(known: Iterable[Parameter]) -> Callable[[Request], Awaitable[Query]]:
    """A dependency: what the request asks of its list; raises Problem (400) for what the list does not know."""
    parameters = tuple(known)

    async def query(request: Request) -> Query:  # not in a thread: it waits for nothing
        return Query(request.scope["path"], request.query_params.multi_items(), parameters)

    return query


def documented(known: Iterable[Parameter]) -> dict[str, Any]:
    """The parameters of a list, for ``openapi_extra``."""
    return {"parameters": [{"name": each.name, "in": "query", "schema": dict(each.schema),
                            "description": each.description} for each in known]}  # fmt: skip


def declared(route: APIRoute) -> frozenset[str]:
    """The names of the parameters that are documented so."""
    return frozenset(each["name"] for each in (route.openapi_extra or {}).get("parameters", ()))
