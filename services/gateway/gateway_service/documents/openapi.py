"""``/openapi.json?version=``: one OpenAPI 3.1 document of a version, of the operations that the caller may use.

It is made of the contracts that are packaged with the gateway, so no service is asked for it: the same release is here.
"""

import asyncio
import json
from collections.abc import Awaitable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from chassis.access import Access, table
from chassis.problems import CONTENT_TYPE
from chassis.realworld import PREFIX as REALWORLD

from gateway_service.chain.link import Outcome
from gateway_service.chain.token import TokenCheck
from gateway_service.config import GatewayConfig
from gateway_service.documents.merging import Json, each_operation, merged
from gateway_service.documents.page import FOR_AN_HOUR, JSON, Page
from gateway_service.exchange import Exchange
from gateway_service.messages import Response
from gateway_service.refusals import Refusal
from gateway_service.routing import RouteTable

PATH = "/openapi.json"
EVERYBODY = frozenset({"author"})
"""The roles of a new account: what they may do is shown to who is not logged in, too."""
_FOLDER = Path(__file__).with_name("contracts")
_DESCRIPTION = """\
Any request may be answered 304, 405, 406, 414, 421, 431, 500, 502, 503 (with Retry-After) or 504 as well.
A refusal by the gateway is `application/problem+json` in every version. [What each code means](/problems)."""


class OpenApi:
    """A document for each version and each set of roles that operations ask for; made when it is first asked for."""

    def __init__(self, config: GatewayConfig, routes: RouteTable, public_url: str, token: TokenCheck) -> None:
        self._versions = config.versions
        self._routes = routes
        self._public_url = public_url
        self._token = token
        self._pages: dict[tuple[str, frozenset[str]], Page] = {}
        asked = [
            access for route in config.routes for policy in route.methods.values() if (access := policy.own_access)
        ]
        self._named = frozenset().union(*(access.roles for access in [*table().rules.values(), *asked]))

    def find(self, exchange: Exchange) -> Outcome | Awaitable[Outcome]:
        """The document, if it is asked for; a token is verified as everywhere."""
        if exchange.path != PATH:
            return None
        exchange.template = PATH
        version = _asked_version(exchange) or self._versions.default
        if version not in self._versions.supported:
            known = {"supported": list(self._versions.supported)}
            raise Refusal("version_unknown", f"Version {version[:20]} is not served.", members=known)
        return self._answer(exchange, version, self._token(exchange))

    async def _answer(self, exchange: Exchange, version: str, waiting: Awaitable[None] | None) -> Response:
        if waiting:
            await waiting
        roles = EVERYBODY | (exchange.claims.roles & self._named if exchange.claims else frozenset())
        page = self._pages.get((version, roles))
        if page is None:
            page = self._pages[version, roles] = await asyncio.to_thread(self._page, version, roles)
        return page.response(exchange)

    def _page(self, version: str, roles: frozenset[str]) -> Page:
        cache = FOR_AN_HOUR if roles == EVERYBODY else b"private, no-store"
        return Page(json.dumps(self.document(version, roles)).encode(), JSON, cache=cache, chosen_by=b"Authorization")

    def document(self, version: str, roles: frozenset[str]) -> Json:
        """What somebody with these roles may use of a version."""

        def shows(service: str, method: str, path: str) -> bool:
            target = self._routes.find(path)
            rule = target.rules.get(method) if target and target.upstream == service else None
            ours = path.startswith(f"/api/v{version}/") or not path.startswith(("/api/", REALWORLD))
            return ours and rule is not None and _may(rule.access, roles)

        document = merged(self._contracts, shows)
        _add_refusals_of_gateway(document)
        info = {"title": "Broadsheet", "version": version, "description": _DESCRIPTION}
        return {"openapi": "3.1.0", "info": info, "servers": [{"url": self._public_url}], **document}

    @cached_property
    def _contracts(self) -> dict[str, Json]:
        return {file.stem: json.loads(file.read_text()) for file in sorted(_FOLDER.glob("*.json"))}


def _asked_version(exchange: Exchange) -> str:
    asked = parse_qs(exchange.turn.head.query.decode("latin-1")).get("version", [""])
    return asked[-1]


def _may(rules: Iterable[Access], roles: frozenset[str]) -> bool:
    return all(not rule.roles or rule.roles & roles for rule in rules)


_TOO_MANY = "TooManyRequests"
_TEXT = {"schema": {"type": "string"}}
_OF_GATEWAY = {"schema": {"$ref": "#/components/schemas/Problem"}}


def _add_refusals_of_gateway(document: Json) -> None:
    """A refusal of v1 may be the gateway's as well, which has one form in every version; and it limits all."""
    responses: dict[str, Any] = document["components"].setdefault("responses", {})
    for response in responses.values():
        response["content"].setdefault(CONTENT_TYPE, _OF_GATEWAY)
    responses[_TOO_MANY] = {
        "description": "Asked too often; `Retry-After` says for how many seconds to wait.",
        "headers": {"Retry-After": {"schema": {"type": "integer"}}, "RateLimit": _TEXT, "RateLimit-Policy": _TEXT},
        "content": {CONTENT_TYPE: _OF_GATEWAY},
    }
    for operation in each_operation(document["paths"]):
        operation["responses"].setdefault("429", {"$ref": f"#/components/responses/{_TOO_MANY}"})
