"""The gateway: the chain every request goes through, in order, and the one place where responses are sent.

A request whose head is here, whose checks need not wait and whose service's connection is open goes all the way to that
service in one call, and its response back in another. Only what must wait is a task.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial

from chassis.logging import get_logger
from chassis.problems import Problem
from chassis.revocations import Revocations

from chassis import sentry, tracing
from gateway_service.access_log import AccessLog
from gateway_service.chain.address import AddressCheck
from gateway_service.chain.canonical import canonical
from gateway_service.chain.cors import CorsCheck
from gateway_service.chain.dialect import ByDialect
from gateway_service.chain.framing import framing
from gateway_service.chain.host import HostCheck
from gateway_service.chain.link import Forwarding, Link, Outcome
from gateway_service.chain.livez import livez
from gateway_service.chain.pages import PagesCheck
from gateway_service.chain.pictures import AtPictures, PicturesCheck
from gateway_service.chain.policy import PolicyCheck
from gateway_service.chain.rates import RatesCheck
from gateway_service.chain.respond import Respond, headers
from gateway_service.chain.route import RouteCheck
from gateway_service.chain.token import TokenChecks
from gateway_service.chain.version import VersionCheck
from gateway_service.config import GatewayConfig
from gateway_service.delivery import Delivery
from gateway_service.documents.refusal_pages import refusal_page
from gateway_service.documents.site import site
from gateway_service.door.turn import Turn
from gateway_service.exchange import Exchange
from gateway_service.messages import Response
from gateway_service.rates.chosen import Quotas
from gateway_service.rates.quota import Limiter
from gateway_service.record import Record
from gateway_service.refusals import Refusal
from gateway_service.routing import RouteTable
from gateway_service.settings import GatewaySettings, allowed_hosts, allowed_origins, pictures_hosts, trusted_proxies

CLIENT_LEFT = 499  # nobody saw it; logs and metrics need a number (nginx's)
_CLOSE = (b"connection", b"close")
_HSTS = (b"strict-transport-security", b"max-age=31536000")  # a year (RFC 6797); subdomains are not ours to speak for

log = get_logger()


def checks(  # noqa: PLR0913  what they are made of
    settings: GatewaySettings,
    config: GatewayConfig,
    tokens: TokenChecks,
    *,
    revocations: Revocations,
    limiter: Limiter,
    is_well: Callable[[], bool],
) -> list[Link]:
    """Everything that can refuse a request, in order. A new rule gets its line here."""
    routes = RouteTable(config.routes, config.limits)
    cors: Link = ByDialect(
        CorsCheck(config.cors, allowed_origins(settings), settings.pages_with_cookies), CorsCheck(config.realworld_cors)
    )
    pictures: list[Link] = []
    if of_pictures := pictures_hosts(settings):
        cors = AtPictures(CorsCheck(config.cors.opened()), cors)
        pictures.append(PicturesCheck(routes, settings.pictures_url if settings.has_pictures_apart else ""))
    token = ByDialect(*tokens)
    quotas, at_home = Quotas(config.rates), Quotas(config.rates, generous=not settings.production)
    return [
        framing,
        livez,
        HostCheck(allowed_hosts(settings), of_pictures),
        cors,
        canonical,
        AddressCheck(trusted_proxies(settings), limiter, quotas, at_home),
        *pictures,
        PagesCheck(site(settings, config, routes, tokens.api, is_well)),
        VersionCheck(config.versions),
        RouteCheck(routes),
        token,
        PolicyCheck(revocations),
        RatesCheck(limiter),
    ]


class Gateway:
    """Serves HTTP; ``active`` are the exchanges under way, ``draining`` asks clients to connect elsewhere."""

    def __init__(
        self, settings: GatewaySettings, forward: Forwarding, config: GatewayConfig, checks: Sequence[Link]
    ) -> None:
        self.active: set[Exchange] = set()
        self.draining = False
        self.served = 0
        self._https = settings.production and settings.public_url.startswith("https://")
        self._trusts_traceparent = settings.trust_traceparent
        self.log = AccessLog(settings)
        self._forward = forward
        self._public_url = settings.public_url
        self._record = Record(self.log, self.active)
        self.go_by(config, checks)

    def go_by(self, config: GatewayConfig, checks: Sequence[Link]) -> None:
        """From the next request on; those under way go through the checks that they began with."""
        self._checks = checks
        default = config.versions.default
        self._respond = Respond(public_url=self._public_url, default_version=default, page=refusal_page)

    def __call__(self, turn: Turn) -> None:
        head = turn.head
        told = head.fields.get(b"traceparent") if self._trusts_traceparent else None
        parent = told.decode("latin-1") if told else None
        exchange = Exchange(turn, *tracing.begin(head.method, kind="SERVER", parent=parent))
        if self._https:
            exchange.added_headers.append(_HSTS)
        if self.draining:
            exchange.added_headers.append(_CLOSE)
        self.active.add(exchange)
        turn.on_leave = partial(self._left, exchange)
        self._pass(exchange, iter(self._checks))

    def _pass(self, exchange: Exchange, links: Iterator[Link]) -> None:
        """Through the links that are left, to the service; at one that waits it is a task that goes on."""
        try:
            for link in links:
                if (outcome := link(exchange)) is not None:
                    self._stop(exchange, outcome, links)
                    return
            self._forward(exchange, partial(self._give, exchange))
        except Exception as error:  # noqa: BLE001  every one has its response
            self._give(exchange, error)

    def _stop(self, exchange: Exchange, outcome: Response | Awaitable[Outcome], links: Iterator[Link]) -> None:
        """At a link that has answered, or waits."""
        if isinstance(outcome, Response):
            self._give(exchange, self._respond.own(exchange, outcome))
        else:
            task = asyncio.get_running_loop().create_task(self._pass_later(exchange, outcome, links))
            exchange.cancel = task.cancel

    async def _pass_later(self, exchange: Exchange, waiting: Awaitable[Outcome], links: Iterator[Link]) -> None:
        try:
            outcome = await waiting
        except Exception as error:  # noqa: BLE001  as above
            self._give(exchange, error)
            return
        exchange.cancel = None
        if outcome is None:
            self._pass(exchange, links)
        else:
            self._give(exchange, self._respond.own(exchange, outcome))

    def _give(self, exchange: Exchange, outcome: Response | Exception) -> None:
        """Send the response, or what is to be said instead of one."""
        response = outcome if isinstance(outcome, Response) else self._refusal(exchange, outcome)
        turn, body = exchange.turn, response.body
        exchange.status = response.status
        try:
            if isinstance(body, bytes):
                turn.respond(response.status, headers(exchange, response), body)
                self._end(exchange)
            else:
                turn.begin(response.status, headers(exchange, response), body)
                body.flow(Delivery(exchange, body, self._end))
        except Exception as error:  # noqa: BLE001  it cannot be sent: cut, so that nobody takes it for whole
            self._report(exchange, error)
            exchange.code = "internal_error"
            if exchange.cancel:
                exchange.cancel()
            turn.cut()
            self._end(exchange)

    def _refusal(self, exchange: Exchange, error: Exception) -> Response:
        if not isinstance(error, Problem):
            self._report(exchange, error)
            error = Refusal("internal_error")
        return self._respond.refusal(exchange, error)

    def _left(self, exchange: Exchange) -> None:
        """The client has left before the end of its response."""
        exchange.status = exchange.status or CLIENT_LEFT
        if exchange.cancel:
            exchange.cancel()
        self._end(exchange)

    def _end(self, exchange: Exchange) -> None:
        self.active.discard(exchange)
        self.served += 1
        exchange.cancel = None  # or both would live until the next collection of garbage
        self._record.exchange(exchange)
        if exchange.span is not None:
            exchange.span.update_name(f"{exchange.method} {exchange.template}")
            exchange.span.set_attributes(
                {"http.route": exchange.template, "http.response.status_code": exchange.status}
            )
            exchange.span.end()

    def _report(self, exchange: Exchange, error: Exception) -> None:
        trace = exchange.trace
        log.error("unhandled error", request_id=exchange.request_id, trace_id=trace.trace_id, exc_info=error)
        sentry.report(error)
