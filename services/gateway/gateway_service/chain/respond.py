"""Gives the answers that are the gateway's own: refusals as problem+json, preflights, pages."""

import asyncio
import json
from contextlib import suppress

from chassis.problems import CONTENT_TYPE, Problem, problem_body

from gateway_service.exchange import Exchange, Header, Response

LINGER_SECONDS = 10

_CLOSE = (b"connection", b"close")
_NO_STORE = (b"cache-control", b"no-store")


class Respond:
    """Answers under ``/api`` that have no version yet are marked with the default one."""

    def __init__(self, *, public_url: str, default_version: str) -> None:
        self._public_url = public_url
        self._default_version = (b"api-version", default_version.encode())

    async def refuse(self, exchange: Exchange, problem: Problem) -> None:
        """Answer with the problem."""
        exchange.code = problem.code
        path = exchange.raw_path.decode("latin-1")
        body = problem_body(problem, instance=path, request_id=exchange.request_id, public_url=self._public_url)
        body |= getattr(problem, "members", {})
        headers = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
        own: tuple[Header, ...] = ((b"content-type", CONTENT_TYPE.encode()), _NO_STORE, *headers)
        await self.give(exchange, Response(problem.status, json.dumps(body).encode(), own))

    async def give(self, exchange: Exchange, answer: Response) -> None:
        """Send an answer that is complete."""
        headers = [*exchange.added_headers, *answer.headers, (b"vary", exchange.vary)]
        if exchange.version is None and exchange.raw_path.startswith(b"/api"):
            headers.append(self._default_version)
        if not exchange.body_arrived:
            headers.append(_CLOSE)
        if answer.status != 204:
            headers.append((b"content-length", str(len(answer.body)).encode()))
        exchange.status = answer.status
        await exchange.send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if exchange.method == "HEAD" else answer.body
        await exchange.send({"type": "http.response.body", "body": body})


async def linger(exchange: Exchange) -> None:
    """Take in what the client still sends: closing at once would destroy the answer on its way (RFC 9112, 9.6)."""
    if exchange.body_arrived or (b"expect" in exchange.fields and not exchange.body_begun):
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while (await exchange.receive()).get("more_body"):
                pass
