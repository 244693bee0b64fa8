"""All documents of the gateway's own, put together: the table of contents of this folder."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from gateway_service.chain.pages import Find
from gateway_service.chain.token import TokenCheck
from gateway_service.config import GatewayConfig
from gateway_service.documents.front import ICON, ROBOTS, SECURITY, SITEMAP, Front, icon, robots, security
from gateway_service.documents.guide_pages import Guide
from gateway_service.documents.openapi import OpenApi
from gateway_service.documents.page import Page
from gateway_service.documents.problem_pages import ProblemPages
from gateway_service.documents.studio_pages import Studio
from gateway_service.documents.viewer import Viewer
from gateway_service.exchange import Exchange
from gateway_service.messages import Response
from gateway_service.routing import RouteTable
from gateway_service.settings import GatewaySettings


def site(
    settings: GatewaySettings,
    config: GatewayConfig,
    routes: RouteTable,
    token: TokenCheck,
    is_well: Callable[[], bool],
) -> Mapping[str, Find]:
    """What finds a document, by the first segment of its path."""
    url, contact = settings.public_url, settings.security_contact
    found: dict[str, Find] = {
        "": Front(config.versions, url, is_well).find,
        "favicon.ico": _at(ICON, icon),
        "docs": _one_of(Viewer(config.versions).find, Guide(url).find),
        "openapi.json": OpenApi(config, routes, url, token).find,
        "problems": ProblemPages().find,
        "studio": Studio().find,
        "robots.txt": _at(ROBOTS, lambda: robots(url, sitemap=routes.find(SITEMAP) is not None)),
    }
    if contact:
        found[".well-known"] = _at(SECURITY, lambda: security(url, contact, datetime.now(UTC)))
    return found


def _one_of(first: Find, second: Find) -> Find:
    return lambda exchange: first(exchange) or second(exchange)


def _at(path: str, make: Callable[[], Page]) -> Find:
    """A small document that is made anew each time."""

    def find(exchange: Exchange) -> Response | None:
        if exchange.path != path:
            return None
        exchange.template = path
        return make().response(exchange)

    return find
