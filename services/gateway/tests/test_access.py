"""Who may call what, before services that would let everybody in: the table of contracts/access.yaml."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml
from chassis.access import shape, table
from chassis.realworld import audience_of
from chassis.testing import TokenMint
from chassis.testing.access_cases import Case, cases
from gateway_service.config import UPSTREAMS, GatewayConfig, read
from gateway_service.settings import settings, upstream_urls
from gateway_service.testing import ALICE, SCOPE
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.running import Running

CASES = {service: cases(service) for service in UPSTREAMS}


@pytest.fixture(scope="module")
def packaged() -> GatewayConfig:
    return read(settings().config)


def test_every_service_of_the_table_is_an_upstream() -> None:
    assert set(UPSTREAMS) == upstream_urls(settings()).keys() == set(table().operations)


@pytest.mark.parametrize("service", UPSTREAMS)
def test_routes_are_the_operations_of_the_table(packaged: GatewayConfig, service: str) -> None:
    routed = {
        (method, shape(route.path))
        for route in packaged.routes
        if route.upstream == service
        for method in route.methods
    }
    assert routed == {(method, shape(path)) for method, path in table().of(service)}


def test_who_may_is_said_in_the_table_alone(packaged: GatewayConfig) -> None:
    assert not [route.path for route in packaged.routes for policy in route.methods.values() if policy.own_access]


def credentials(mint: TokenMint, case: Case) -> dict[str, str]:
    """What the caller of a case shows; a stranger nothing."""
    if not case.roles:
        return {}
    personal, audience = case.personal or None, case.audience(mint.audience)
    token = mint.access(ALICE, "alice", roles=case.roles, scope=case.scope, personal=personal, aud=audience)
    return case.shows(token)


@pytest.mark.parametrize(("service", "operation"), [(service, name) for service in CASES for name in CASES[service]])
def test_gateway_refuses_by_itself_who_may_not(
    stranger: httpx.Client, mint: TokenMint, request: pytest.FixtureRequest, service: str, operation: str
) -> None:
    upstream: FakeUpstream = request.getfixturevalue(service)
    for case in CASES[service][operation]:
        headers = credentials(mint, case)
        answer = stranger.request(case.method, case.path, headers=headers)
        asked = [seen.target for seen in upstream.requests if seen.target == case.path]
        if case.refusal:
            assert answer.status_code == (403 if headers else 401), case
            assert case.told(answer.json()), case
            assert not asked, case
        else:
            assert (answer.status_code, bool(asked)) == (200, True), case


INSIDE = sorted({path for paths in table().internal.values() for path in paths} | {"/internal/tokens", "/internal/"})
STAFF = ["/admin", "/admin/", "/admin/login/", "/static/admin/css/base.css", "/metrics", "/readyz"]


@pytest.mark.parametrize("path", [*INSIDE, *STAFF])
def test_what_is_not_public_has_no_way_through_the_door(
    stranger: httpx.Client, mint: TokenMint, request: pytest.FixtureRequest, path: str
) -> None:
    """Nor for an admin, nor for a service."""
    upstreams: list[FakeUpstream] = [request.getfixturevalue(service) for service in UPSTREAMS]
    admin = mint.access(ALICE, "alice", roles=("admin",), scope=SCOPE)
    for token, code in ((None, 404), (admin, 404), (mint.service("blog", "media"), 401)):
        headers = {"Authorization": f"Bearer {token}", "X-Service-Token": "s" * 32} if token else {}
        for method in ("GET", "POST"):
            assert stranger.request(method, path, headers=headers).status_code in {code, 404}
    assert not [seen.target for upstream in upstreams for seen in upstream.requests if seen.target.startswith(path)]


@pytest.mark.parametrize("service", UPSTREAMS)
def test_a_service_is_nobody_at_the_door(stranger: httpx.Client, mint: TokenMint, service: str) -> None:
    for audience in ("media", mint.audience, audience_of(mint.audience)):
        token = mint.service("blog", audience)
        for case, *_ in CASES[service].values():
            answer = stranger.request(case.method, case.path, headers=case.shows(token))
            said = {"errors": {"token": ["is malformed"]}} if case.of_dialect else {"code": "token_malformed"}
            assert answer.status_code == 401
            assert said.items() <= answer.json().items()


def test_an_own_file_narrows_the_table_and_does_not_widen_it(
    start_gateway: Callable[..., Running], configuration: Path, tmp_path: Path, mint: TokenMint
) -> None:
    own = tmp_path / "gateway.yaml"
    file = yaml.safe_load(configuration.read_text())
    routes = {route["path"]: route for route in file["routes"]}
    routes["/api/v1/tags"]["methods"] = {"GET": {"auth": "required", "roles": ["editor"]}}
    routes["/api/v1/posts"]["methods"] = {"GET": "required", "POST": "public"}
    own.write_text(yaml.safe_dump(file))
    running = start_gateway(GATEWAY_CONFIG=str(own))
    running.wait_until_ready()

    def status(method: str, path: str, *roles: str) -> int:
        bearer = {"Authorization": f"Bearer {mint.access(ALICE, 'alice', roles=roles, scope=SCOPE)}"} if roles else {}
        return httpx.request(method, f"{running.url}{path}", headers=bearer).status_code

    assert [status("GET", "/api/v1/tags", *roles) for roles in ((), ("author",), ("editor",))] == [401, 403, 200]
    assert [status("GET", "/api/v1/posts", *roles) for roles in ((), ("reader",))] == [401, 200]
    assert [status("POST", "/api/v1/posts", *roles) for roles in ((), ("reader",), ("author",))] == [401, 403, 200]
