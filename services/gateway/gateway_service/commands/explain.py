"""``broadsheet gateway explain METHOD PATH [--token …]``: replays what the gateway decides, link by link, offline."""
# ruff: noqa: T201  a command talks to the person who typed it

import argparse
import inspect
from functools import partial
from urllib.parse import urlsplit

from chassis.problems import Problem
from chassis.tokens import Verifier

from gateway_service.app import checks
from gateway_service.chain.link import Link
from gateway_service.config import read
from gateway_service.exchange import Exchange, Response, Scope
from gateway_service.settings import GatewaySettings, settings, upstream_urls
from gateway_service.tokens.keys import JWKS_PATH, KeySource
from gateway_service.tokens.verified import VerifiedTokens
from gateway_service.upstreams.pool import Pool


async def main(arguments: list[str]) -> None:
    """Print each link's decision and the outcome. The token's key is fetched from auth."""
    options = parser().parse_args(arguments)
    own = settings()
    config = read(own.config)
    headers = [tuple(header.split(":", 1)) for header in options.header]
    if options.token:
        headers.append(("Authorization", f"Bearer {options.token}"))
    exchange = Exchange(_scope(own, options.method, options.path, headers), _no_body, _no_answer)
    links = checks(own, config, await _tokens(own, needed=bool(options.token), seconds=config.connect_seconds))
    if await _replay(links, exchange) and exchange.target:
        url = upstream_urls(own)[exchange.target.upstream]
        query = options.path.partition("?")
        print(f"forwarded to {exchange.target.upstream}: {exchange.method} {url}{exchange.path}{query[1]}{query[2]}")


async def _replay(links: list[Link], exchange: Exchange) -> bool:
    """True if the request would be forwarded."""
    for link in links:
        name = getattr(link, "__name__", type(link).__name__).lower()
        try:
            outcome = link(exchange)
            answer = await outcome if inspect.isawaitable(outcome) else outcome
        except Problem as problem:
            print(f"{name:<10} refuses: {problem.status} {problem.code}: {problem.detail}")
            return False
        if isinstance(answer, Response):
            print(f"{name:<10} answers: {answer.status}")
            return False
        print(f"{name:<10} passes{_learned(name, exchange)}")
    return True


def _learned(link: str, exchange: Exchange) -> str:
    match link:
        case "canonical" | "version":
            return f": {exchange.path}"
        case "route":
            return f": {exchange.template}"
        case "token" if exchange.claims:
            return f": {exchange.claims.username}, roles {', '.join(sorted(exchange.claims.roles))}"
        case "policy" if exchange.rule:
            return f": {' and '.join(access.auth for access in exchange.rule.access)}"
        case _:
            return ""


async def _tokens(own: GatewaySettings, *, needed: bool, seconds: float) -> VerifiedTokens:
    keys = KeySource(partial(Pool(own.auth_url, seconds).fetch, JWKS_PATH))
    if needed:
        await keys.refresh()
    verifier = Verifier(keys.key, issuer=own.token_issuer, audience=own.token_audience)
    return VerifiedTokens(verifier, keys)


def _scope(own: GatewaySettings, method: str, path: str, headers: list[tuple[str, ...]]) -> Scope:
    raw_path, _, query = path.partition("?")
    given = [(name.strip().lower().encode(), value.strip().encode()) for name, value in headers]
    return {
        "method": method.upper(),
        "raw_path": raw_path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", urlsplit(own.public_url).netloc.encode()), *given],
        "client": ("127.0.0.1", "0"),
    }


async def _no_body() -> dict[str, object]:
    return {"type": "http.disconnect"}


async def _no_answer(_message: dict[str, object]) -> None:
    """Nothing is sent: the request is only thought through."""


def parser() -> argparse.ArgumentParser:
    """What understands the words after ``explain``."""
    result = argparse.ArgumentParser(prog="broadsheet gateway explain", description=__doc__)
    result.add_argument("method")
    result.add_argument("path", help="as a client sends it, with its query")
    result.add_argument("--token", default="", help="an access token")
    result.add_argument("--header", action="append", default=[], metavar="'Name: value'", help="may be repeated")
    return result
