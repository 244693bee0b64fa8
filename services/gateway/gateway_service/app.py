"""The gateway as an ASGI application: the chain every request goes through, in order."""

from collections.abc import Sequence

from chassis.logging import get_logger
from chassis.problems import Problem

from chassis import sentry, tracing
from gateway_service.access_log import AccessLog
from gateway_service.chain.canonical import canonical
from gateway_service.chain.cors import Cors
from gateway_service.chain.forward import ClientLeftError, Forward
from gateway_service.chain.framing import Framing
from gateway_service.chain.link import Link
from gateway_service.chain.pages import pages
from gateway_service.chain.policy import policy
from gateway_service.chain.respond import Respond, linger
from gateway_service.chain.route import Route
from gateway_service.chain.token import Token
from gateway_service.chain.version import Version
from gateway_service.config import GatewayConfig
from gateway_service.exchange import Exchange, Receive, Response, Scope, Send
from gateway_service.record import Record
from gateway_service.refusals import Refusal
from gateway_service.routing import RouteTable
from gateway_service.settings import GatewaySettings, allowed_hosts, allowed_origins
from gateway_service.tokens.verified import VerifiedTokens

CLIENT_LEFT = 499  # nobody saw it; logs and metrics need a number (nginx's)
_CLOSE = (b"connection", b"close")
_HSTS = (b"strict-transport-security", b"max-age=31536000")  # a year (RFC 6797); subdomains are not ours to speak for

log = get_logger()


class BrokenOffError(Exception):
    """An answer cannot be completed; the server cuts the connection, so that nobody takes it for whole."""


def checks(settings: GatewaySettings, config: GatewayConfig, tokens: VerifiedTokens) -> list[Link]:
    """Everything that can refuse a request, in order. A new rule gets its line here."""
    return [
        Framing(allowed_hosts(settings)),
        canonical,
        Cors(config.cors, allowed_origins(settings)),
        pages,
        Version(config.versions),
        Route(RouteTable(config.routes, config.limits)),
        Token(tokens),
        policy,
    ]


class Gateway:
    """Serves HTTP; ``active`` are the exchanges under way, ``draining`` asks clients to connect elsewhere."""

    def __init__(
        self, settings: GatewaySettings, config: GatewayConfig, tokens: VerifiedTokens, forward: Forward
    ) -> None:
        self.active: set[Exchange] = set()
        self.draining = False
        self.served = 0
        self._https = settings.production and settings.public_url.startswith("https://")
        self.log = AccessLog(settings)
        self._chain: Sequence[Link] = [*checks(settings, config, tokens), forward]
        self._respond = Respond(public_url=settings.public_url, default_version=config.versions.default)
        self._record = Record(self.log, self.active)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        if self._https:
            exchange.added_headers.append(_HSTS)
        if self.draining:
            exchange.added_headers.append(_CLOSE)
        parent = exchange.fields.get(b"traceparent", b"").decode("latin-1")
        self.active.add(exchange)
        with tracing.span(exchange.method, kind="SERVER", parent=parent) as span:
            try:
                await self._serve(exchange)
                await linger(exchange)
            finally:
                self.active.discard(exchange)
                self.served += 1
                self._record.exchange(exchange)
                if span is not None:
                    span.update_name(f"{exchange.method} {exchange.template}")
                    span.set_attributes({"http.route": exchange.template, "http.response.status_code": exchange.status})

    async def _serve(self, exchange: Exchange) -> None:
        try:
            answer = await self._pass(exchange)
            if answer:
                await self._respond.give(exchange, answer)
        except ClientLeftError:
            exchange.status = exchange.status or CLIENT_LEFT
        except Problem as problem:
            await self._refuse(exchange, problem)
        except Exception as error:
            log.exception("unhandled error", request_id=exchange.request_id)
            sentry.report(error)
            await self._refuse(exchange, Refusal("internal_error"), error)

    async def _pass(self, exchange: Exchange) -> Response | None:
        for link in self._chain:
            outcome = link(exchange)
            if outcome is None:
                continue
            answer = outcome if isinstance(outcome, Response) else await outcome
            if answer:
                return answer
        return None

    async def _refuse(self, exchange: Exchange, problem: Problem, cause: Exception | None = None) -> None:
        if exchange.status:
            exchange.code = problem.code
            raise BrokenOffError(problem.code) from cause or problem
        await self._respond.refuse(exchange, problem)
