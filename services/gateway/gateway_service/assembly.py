"""Puts the parts of a gateway process together."""

from dataclasses import dataclass
from functools import partial

from chassis.health import Health
from chassis.metrics import gauge
from chassis.revocations import RevocationFeed, feed_of
from chassis.tokens import Verifier

from gateway_service.admin import Admin
from gateway_service.app import Gateway, checks
from gateway_service.chain.forward import Forward
from gateway_service.chain.token import TokenCheck
from gateway_service.config import GatewayConfig
from gateway_service.guards.breaker import Breaker, Breaking
from gateway_service.guards.event_streams import EventStreams
from gateway_service.rates.chosen import limiter
from gateway_service.rates.quota import Limiter
from gateway_service.settings import GatewaySettings, upstream_urls
from gateway_service.tokens.exchanging import AuthExchange
from gateway_service.tokens.keys import JWKS_PATH, KeySource
from gateway_service.tokens.personal import PersonalTokens
from gateway_service.tokens.verified import VerifiedTokens
from gateway_service.upstreams.concurrency import Concurrency
from gateway_service.upstreams.fetch import fetch
from gateway_service.upstreams.headers import RequestHeaders
from gateway_service.upstreams.pool import Pool
from gateway_service.upstreams.retries import RetryBudget
from gateway_service.upstreams.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a process serves, and what it must look after."""

    gateway: Gateway
    admin: Admin
    health: Health
    keys: KeySource
    revocations: RevocationFeed
    limiter: Limiter


def assemble(settings: GatewaySettings, config: GatewayConfig) -> Assembly:
    """Build everything, without asking anybody anything yet."""
    pools = {name: Pool(url, config.connect_seconds) for name, url in upstream_urls(settings).items()}
    keys = KeySource(partial(fetch, pools["auth"], JWKS_PATH))
    verifier = Verifier(keys.key, issuer=settings.token_issuer, audience=settings.token_audience)
    revocations = feed_of(settings)
    tokens = VerifiedTokens(verifier, keys, revocations.tokens)
    personal = PersonalTokens(AuthExchange(settings), tokens)
    keys.on_withdrawal(personal.forget)
    headers = RequestHeaders(settings.public_url)
    upstreams = {
        name: Upstream(name, pool, headers, Concurrency(name, config.concurrency), RetryBudget(config.retries))
        for name, pool in pools.items()
    }
    breakers = {name: Breaker(name, config.breaker) for name in pools}
    forward = Breaking(Forward(upstreams, config.bodies_bytes), breakers)
    health = Health()
    limits = limiter(settings.cache_url)
    token, is_well = TokenCheck(tokens, personal), partial(_is_well, health)
    links = checks(settings, config, token, revocations=revocations, limiter=limits, is_well=is_well)
    gateway = Gateway(settings, config, links, EventStreams(forward, config.event_streams, revocations.tokens))
    health.check("keys", keys.ready)
    health.check("revocations", revocations.ready)
    health.warn("revocations", revocations.current)
    gauge("gateway_token_cache_entries").set_function(lambda: len(tokens))
    gauge("gateway_personal_token_cache_entries").set_function(lambda: len(personal))
    gauge("gateway_rate_keys").set_function(lambda: len(limits))
    gauge("jwks_fetched_timestamp_seconds").set(0)
    return Assembly(gateway, Admin(settings, gateway, health, keys, tokens), health, keys, revocations, limits)


def _is_well(health: Health) -> bool:
    """Whether nothing is missing; that this process is about to stop says nothing of the platform."""
    _, said = health.readyz()
    warnings = said.get("warnings", {})
    return said["status"] in {"ok", "draining"} and isinstance(warnings, dict) and set(warnings.values()) <= {"ok"}
