"""Who may call what, with no gateway in front: the table of contracts/access.yaml."""

import httpx
import pytest
from chassis.access import table
from chassis.testing import TokenMint
from chassis.testing.access_cases import cases, surprises
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from media_service.testing.people import ALICE, Person

CASES = cases("media")
SURPRISES = surprises("media")
HIDDEN = ("/internal/", "/livez", "/metrics", "/readyz")
ANSWERS = {200, 400, 404, 412, 415, 422, 428}
SIGNED = ("/i/", "/l/")
"""Open to everybody whose address was signed."""


def test_every_address_is_listed_or_none_of_the_public_api(app: FastAPI) -> None:
    routes = [(route.methods or {"ANY"}, str(route.path)) for route in iter_route_contexts(app.routes)]
    served = {(method, path) for methods, path in routes if not path.startswith(HIDDEN) for method in methods}
    listed = set(table().of("media"))
    assert {(method, path) for method, path in served if (method, path) != ("HEAD", path)} == listed
    assert {("GET", path) for method, path in served if method == "HEAD"} <= listed


@pytest.mark.parametrize("operation", CASES)
async def test_media_refuses_by_itself_who_may_not(http: httpx.AsyncClient, mint: TokenMint, operation: str) -> None:
    for case in CASES[operation]:
        personal = case.personal or None
        roles, scope = case.roles or (), case.scope
        token = mint.access(ALICE, "alice", roles=roles, scope=scope, personal=personal) if case.roles else None
        answer = await Person(http, token).send(case.method, case.path, json={} if case.method == "PATCH" else None)
        assert case.holds(answer.json().get("code")), (case, answer.text)
        statuses = {401, 403} if case.refusal else ANSWERS | ({403} if case.path.startswith(SIGNED) else set())
        assert answer.status_code in statuses, (case, answer.text)


@pytest.mark.parametrize("operation", SURPRISES)
async def test_a_parameter_that_an_operation_does_not_have_is_refused(
    http: httpx.AsyncClient, mint: TokenMint, operation: str
) -> None:
    case = SURPRISES[operation]
    answer = await Person(http, mint.access(ALICE, "alice", roles=case.roles or (), scope=case.scope)).get(case.path)
    assert (answer.status_code, answer.json()["code"]) == (400, "filter_unknown")


async def test_a_token_for_something_else_is_told_what_it_lacks(http: httpx.AsyncClient, mint: TokenMint) -> None:
    answer = await Person(http, mint.access(ALICE, "alice", scope="account posts")).get("/api/v1/media")
    assert (answer.status_code, answer.json()) == (403, {"detail": "Needed: media.", "code": "scope_missing"})
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="media"'


async def test_an_invalid_token_is_refused_on_a_public_picture_too(http: httpx.AsyncClient) -> None:
    answer = await Person(http, "nonsense").get(f"/m/{ALICE}/thumb.webp")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_malformed")
