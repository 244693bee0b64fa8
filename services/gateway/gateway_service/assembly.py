"""Puts the parts of a process that serves together: the whole gateway, or one worker of it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from chassis.health import Health
from chassis.metrics import gauge
from chassis.revocations import Revocations

from gateway_service.app import Gateway, checks
from gateway_service.cache.cache import Cache
from gateway_service.cache.news import News
from gateway_service.chain.forward import Forward
from gateway_service.chain.link import Link
from gateway_service.chain.token import TokenCheck, TokenChecks
from gateway_service.compression.allowance import Allowance
from gateway_service.compression.compressing import Compressing
from gateway_service.config import GatewayConfig, parse
from gateway_service.guard_rules import EventStreamRules
from gateway_service.guards.breaker import Breaker, Breaking
from gateway_service.guards.event_streams import EventStreams
from gateway_service.rates.quota import Limiter
from gateway_service.settings import GatewaySettings, upstream_urls
from gateway_service.tokens.exchanging import AuthExchange
from gateway_service.tokens.keys import JWKS_PATH, KeySource
from gateway_service.tokens.personal import PersonalTokens
from gateway_service.tokens.verified import tokens_of
from gateway_service.upstreams.concurrency import Concurrency
from gateway_service.upstreams.fetch import fetch
from gateway_service.upstreams.headers import RequestHeaders
from gateway_service.upstreams.pool import Pool
from gateway_service.upstreams.retries import RetryBudget
from gateway_service.upstreams.upstream import Upstream


class Assembly:
    """What a process serves, and what it must look after. Nobody is asked anything by building it.

    All that has a state lives as long as the process, connections and counts too: ``prepare`` changes its rules. Memory
    and what one client may hold are each worker's share of what the whole gateway may.
    """

    def __init__(self, settings: GatewaySettings, text: str, revocations: Revocations, limiter: Limiter) -> None:
        self._settings = settings
        config = self._parse(text)
        self._pools = {name: Pool(url, config.connect_seconds) for name, url in upstream_urls(settings).items()}
        self.keys = KeySource(partial(fetch, self._pools["auth"], JWKS_PATH))
        self.revocations = revocations
        self._tokens = tokens_of(settings, self.keys, self.revocations.tokens)
        self._personal = PersonalTokens(AuthExchange(settings), self._tokens.api)
        self.keys.on_withdrawal(self._personal.forget)
        self._checks = TokenChecks(TokenCheck(self._tokens.api, self._personal), TokenCheck(self._tokens.realworld))
        headers = RequestHeaders(settings.public_url)
        self._upstreams = {
            name: Upstream(name, pool, headers, Concurrency(name, config.concurrency), RetryBudget(config.retries))
            for name, pool in self._pools.items()
        }
        self._breakers = {name: Breaker(name, config.breaker) for name in self._pools}
        self._forward = Forward(self._upstreams, config.bodies_bytes // settings.workers)
        breaking = Breaking(self._forward, self._breakers)
        self._event_streams = EventStreams(breaking, self._event_stream_rules(config), revocations.tokens)
        self.limiter = limiter
        self.health = Health()
        news = News()
        revocations.follow(news)
        self._cache = Cache(self._event_streams, news, settings.cache_megabytes * 1024 * 1024 // settings.workers)
        self._compressing = Compressing(self._cache, config.compression, Allowance(config.compression.cpu_share))
        self.gateway = Gateway(settings, self._compressing, config, self._links(config))
        self._tell()

    def prepare(self, text: str) -> Callable[[], None]:
        """Build all that can fail of a configuration, raising SettingsError.

        What is returned puts it in force, at one moment.
        """
        config = self._parse(text)
        return partial(self._put_in_force, config, self._links(config))

    def _parse(self, text: str) -> GatewayConfig:
        return parse(text, self._settings.config, pictures_apart=self._settings.has_pictures_apart)

    def _links(self, config: GatewayConfig) -> list[Link]:
        return checks(
            self._settings,
            config,
            self._checks,
            revocations=self.revocations,
            limiter=self.limiter,
            is_well=partial(_is_well, self.health),
        )

    def _put_in_force(self, config: GatewayConfig, links: Sequence[Link]) -> None:
        self.gateway.go_by(config, links)
        self._cache.forget()
        self._forward.budget.total = config.bodies_bytes // self._settings.workers
        self._compressing.go_by(config.compression)
        self._event_streams.rules = self._event_stream_rules(config)
        for name, upstream in self._upstreams.items():
            upstream.pool.connect_seconds = config.connect_seconds
            upstream.retries.rules = config.retries
            upstream.concurrency.go_by(config.concurrency)
            self._breakers[name].rules = config.breaker

    def _event_stream_rules(self, config: GatewayConfig) -> EventStreamRules:
        rules = config.event_streams
        return EventStreamRules(per_caller=-(-rules.per_caller // self._settings.workers))

    def told(self) -> dict[str, Any]:
        """For ``/status``."""
        age = self.keys.keys.age_seconds
        return {
            "draining": self.gateway.draining,
            "active_requests": len(self.gateway.active),
            "served_requests": self.gateway.served,
            "keys": {"ids": sorted(self.keys.keys.kids()), "age_seconds": round(age) if self.keys.loaded else None},
            "verified_tokens": len(self._tokens.api),
        }

    def _tell(self) -> None:
        """What figures and health say of it."""
        self.health.check("keys", self.keys.ready)
        self.health.check("revocations", self.revocations.ready)
        self.health.warn("revocations", self.revocations.current)
        gauge("gateway_token_cache_entries").set_function(lambda: len(self._tokens.api) + len(self._tokens.realworld))
        gauge("gateway_personal_token_cache_entries").set_function(lambda: len(self._personal))
        gauge("gateway_rate_keys").set_function(lambda: len(self.limiter))
        gauge("jwks_fetched_timestamp_seconds").set(0)


def _is_well(health: Health) -> bool:
    """Whether nothing is missing; that this process is about to stop says nothing of the platform."""
    _, said = health.readyz()
    warnings = said.get("warnings", {})
    return said["status"] in {"ok", "draining"} and isinstance(warnings, dict) and set(warnings.values()) <= {"ok"}
