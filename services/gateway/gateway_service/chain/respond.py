"""Makes what is sent: refusals as problem+json, or as a page, and the headers that every response has."""

import json
from collections.abc import Callable
from functools import lru_cache

from chassis.problems import CONTENT_TYPE, Problem, ProblemResponse, problem_body
from chassis.realworld import PREFIX, realworld_response

from gateway_service.accepting import prefers_html
from gateway_service.exchange import REFERRER_POLICY, Exchange
from gateway_service.messages import Header, Response, encoded

_CLOSE = (b"connection", b"close")
_NO_STORE = (b"cache-control", b"no-store")


_PROGRAMS_ASK = ("/api", "/openapi.json", PREFIX)
"""At and below these a refusal is for programs, whatever they accept."""


class Respond:
    """Responses under ``/api`` that have no version yet are marked with the default one.

    ``page`` makes what a browser is shown of a refusal.
    """

    def __init__(self, *, public_url: str, default_version: str, page: Callable[[Exchange, Problem], Response]) -> None:
        self._public_url = public_url
        self._page = page
        self._default_version = (b"api-version", default_version.encode())

    def refusal(self, exchange: Exchange, problem: Problem) -> Response:
        """The problem as a response."""
        exchange.code = problem.code
        has_page = exchange.method in {"GET", "HEAD"} and not exchange.at_pictures and not _is_for_programs(exchange)
        if has_page and prefers_html(exchange):
            page = self._page(exchange, problem)
            headers = [*page.headers, *encoded(problem.headers), _NO_STORE]
            return self.own(exchange, Response(page.status, page.body, headers, b"Accept"))
        path = exchange.raw_path.decode("latin-1")
        told = realworld_response(problem) if path.startswith(PREFIX) else self._as_problem(exchange, path, problem)
        headers = [*encoded(told.headers), _NO_STORE]
        vary = b"Accept" if has_page else b""
        return self.own(exchange, Response(told.status, json.dumps(told.body).encode(), headers, vary))

    def _as_problem(self, exchange: Exchange, path: str, problem: Problem) -> ProblemResponse:
        body = problem_body(problem, instance=path, request_id=exchange.request_id, public_url=self._public_url)
        return ProblemResponse(problem.status, body, {"Content-Type": CONTENT_TYPE} | problem.headers)

    def own(self, exchange: Exchange, response: Response) -> Response:
        """A whole response of the gateway's own, with what it says about itself."""
        headers = [*response.headers, REFERRER_POLICY]
        if exchange.version is None and _is_under_api(exchange):
            headers.append(self._default_version)
        if not exchange.turn.arrived:
            headers.append(_CLOSE)
        if response.status not in {204, 304} and isinstance(response.body, bytes):
            headers.append((b"content-length", str(len(response.body)).encode()))
        return Response(response.status, response.body, headers, response.vary)


def _is_for_programs(exchange: Exchange) -> bool:
    path = exchange.path or exchange.raw_path.decode("latin-1")  # as it came, where it was refused before it was read
    return any(path == each or path.startswith(each + "/") for each in _PROGRAMS_ASK)


def _is_under_api(exchange: Exchange) -> bool:
    return exchange.raw_path.startswith(b"/api/") or exchange.raw_path == b"/api"


def headers(exchange: Exchange, response: Response) -> list[Header]:
    """The response's headers, then the gateway's; Vary is of both. RateLimit is for who talks to the API."""
    vary = _merged(response.vary, exchange.vary) if response.vary else exchange.vary
    told = exchange.standing
    if told is None or exchange.quotas is None or not _is_under_api(exchange):
        return [*response.headers, *exchange.added_headers, (b"vary", vary)]
    policies = exchange.quotas.policies(exchange.rule and exchange.rule.rates)
    limits = ((b"ratelimit", told.text), (b"ratelimit-policy", policies))
    return [*response.headers, *exchange.added_headers, *limits, (b"vary", vary)]


@lru_cache(maxsize=1000)
def _merged(upstream: bytes, own: bytes) -> bytes:
    """Both lists of header names, each name once."""
    names = {name.strip().lower(): name.strip() for name in (*upstream.split(b","), *own.split(b","))}
    return b", ".join(names.values())
