"""``broadsheet gateway explain METHOD PATH [--token …]``: replays what the gateway decides, link by link, offline."""
# ruff: noqa: T201  a command talks to the person who typed it

import argparse
import asyncio
import inspect
from functools import partial
from urllib.parse import urlsplit

from chassis.problems import Problem
from chassis.revocations import RevocationFeed, feed_of

from chassis import realworld, tracing
from gateway_service.app import checks
from gateway_service.cache.keys import key_of
from gateway_service.chain.link import Link
from gateway_service.chain.token import TokenCheck, TokenChecks
from gateway_service.compression.compressing import coding_of
from gateway_service.config import GatewayConfig, read
from gateway_service.door import head as heads
from gateway_service.door.nobody import Nobody
from gateway_service.door.turn import Turn
from gateway_service.exchange import Exchange
from gateway_service.messages import Response
from gateway_service.rates.local import LocalLimiter
from gateway_service.rates.quota import told
from gateway_service.refusals import Refusal
from gateway_service.settings import GatewaySettings, settings, upstream_urls
from gateway_service.tokens.exchanging import AuthExchange
from gateway_service.tokens.keys import JWKS_PATH, KeySource
from gateway_service.tokens.personal import PersonalTokens
from gateway_service.tokens.verified import tokens_of
from gateway_service.upstreams.fetch import fetch
from gateway_service.upstreams.pool import Pool
from gateway_service.upstreams.transfer import IDEMPOTENT, SAFE

SOMEBODY = "192.0.2.1"  # nobody's: it is for documentation (RFC 5737)


async def main(arguments: list[str]) -> None:
    """Print each link's decision and the outcome. The token's key, and what was revoked, are fetched from auth."""
    options = parser().parse_args(arguments)
    own = settings()
    config = read(own.config, pictures_apart=own.has_pictures_apart)
    headers = [tuple(header.split(":", 1)) for header in options.header]
    if options.token:
        scheme = realworld.SCHEME if options.path.startswith(realworld.PREFIX) else "Bearer"
        headers.append(("Authorization", f"{scheme} {options.token}"))
    exchange = _exchange(own, options, headers)
    revocations = feed_of(own)
    tokens = await _tokens(own, revocations, needed=bool(options.token), seconds=config.connect_seconds)
    links = checks(own, config, tokens, revocations=revocations, limiter=LocalLimiter(), is_well=bool)
    if await _replay(links, exchange) and exchange.target:
        print(f"{'cache':<10} passes{_kept(exchange)}")
        print(f"{'compress':<10} passes{_compressed(config, exchange)}")
        url = upstream_urls(own)[exchange.target.upstream]
        query = options.path.partition("?")
        print(f"forwarded to {exchange.target.upstream}: {exchange.method} {url}{exchange.path}{query[1]}{query[2]}")
        print(*_guarded(config, exchange), sep="\n")


async def _replay(links: list[Link], exchange: Exchange) -> bool:
    """True if the request would be forwarded."""
    for link in links:
        name = getattr(link, "__name__", type(link).__name__).removesuffix("Check").lower()
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


def _guarded(config: GatewayConfig, exchange: Exchange) -> list[str]:
    """What would be done if the service failed, or were slow."""
    assert exchange.rule is not None
    limits, breaker, concurrency = exchange.rule.limits, config.breaker, config.concurrency
    again = "again once if that ends without an answer" if exchange.method in IDEMPOTENT else "never again"
    failing = f"{breaker.failures:.0%} of {breaker.requests} requests or more had no answer within"
    share = concurrency.reads if exchange.method in SAFE else 1
    at_one_time = f"can work on at one time, {concurrency.least} to {concurrency.most} requests"
    return [
        f"waited for {limits.try_seconds:g} s, {again}; {limits.total_seconds:g} s in all",
        f"503 circuit_open for {breaker.open_seconds:g} s where {failing} {breaker.window_seconds:g} s",
        f"503 overloaded beyond {share:.0%} of what the service {at_one_time}",
    ]


def _learned(link: str, exchange: Exchange) -> str:
    learned = ""
    match link:
        case "address" if exchange.quotas:
            learned = f"{exchange.client}; {told(exchange.quotas.of_addresses)}"
        case "canonical" | "version":
            learned = exchange.path
        case "route":
            learned = exchange.template
        case "token" if exchange.claims:
            learned = f"{exchange.claims.username}, roles {', '.join(sorted(exchange.claims.roles))}"
        case "policy" if exchange.rule:
            learned = " and ".join(access.auth for access in exchange.rule.access)
            learned += "; a rule in shadow looks on" if exchange.rule.shadow else ""
        case "rates" if exchange.quotas and exchange.rule:
            learned = told(exchange.quotas.of(exchange.rule.rates))
    return f": {learned}" if learned else ""


def _kept(exchange: Exchange) -> str:
    if exchange.rule is None or exchange.rule.keep is None:
        return ""
    keep = exchange.rule.keep
    key = key_of(exchange, keep)
    if key is None:
        return ": it is for this client alone"
    return f", or answers: {key}; {'events purge it' if keep.purged else 'no event purges it'}"


def _compressed(config: GatewayConfig, exchange: Exchange) -> str:
    if exchange.rule is None or exchange.rule.compress is None:
        return ""
    coding = coding_of(exchange, exchange.rule.compress)
    return f": {coding} for text of {config.compression.least_bytes} bytes or more" if coding else ": as it is"


async def _tokens(own: GatewaySettings, revocations: RevocationFeed, *, needed: bool, seconds: float) -> TokenChecks:
    keys = KeySource(partial(fetch, Pool(own.auth_url, seconds), JWKS_PATH))
    if needed:
        await keys.refresh()
        await asyncio.to_thread(revocations.ask)
    api, of_dialect = tokens_of(own, keys, revocations.tokens)
    return TokenChecks(TokenCheck(api, PersonalTokens(AuthExchange(own), api)), TokenCheck(of_dialect))


def _exchange(own: GatewaySettings, options: argparse.Namespace, headers: list[tuple[str, ...]]) -> Exchange:
    """The request as the door would hand it on."""
    given = [(name.strip().lower().encode(), value.strip().encode()) for name, value in headers]
    if all(name != b"host" for name, _ in given):
        given.insert(0, (b"host", urlsplit(own.public_url).netloc.encode()))
    raw = f"{options.method.upper()} {options.path} HTTP/1.1\r\n".encode()
    try:
        head = heads.read(
            heads.first_line(raw), given, len(raw) + sum(len(n + v) + 4 for n, v in given), upgrades=False
        )
    except Refusal as refusal:
        head = heads.refused(raw, refusal)
    turn = Turn(Nobody(), head, options.address, arrived=True, keep=True)
    return Exchange(turn, *tracing.begin(head.method, kind="SERVER"))


def parser() -> argparse.ArgumentParser:
    """What understands the words after ``explain``."""
    result = argparse.ArgumentParser(prog="broadsheet gateway explain", description=__doc__)
    result.add_argument("method")
    result.add_argument("path", help="as a client sends it, with its query")
    result.add_argument("--token", default="", help="an access token, or a personal one, which auth is asked about")
    result.add_argument("--address", default=SOMEBODY, help="whose connection it is (default: a client elsewhere)")
    result.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="'Name: value'",
        help="may be repeated; Host is PUBLIC_URL's unless given",
    )
    return result
