"""Tokens that end before they expire: heard as an event, or found in auth's snapshot."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from chassis.events import transports
from chassis.events.envelope import Event
from chassis.testing import TokenMint
from chassis.testing.revoking import over, publish
from gateway_service.testing import ALICE, SCOPE
from gateway_service.testing.fake_auth import REVOCATIONS, auth_handlers
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.running import Running, eventually
from uuid_utils.compat import uuid7

ME = "/api/v1/auth/users/me"
POSTS = "/api/v1/posts"
Snapshot = Callable[..., FakeUpstream]


def bearer(mint: TokenMint, session: UUID, *roles: str) -> dict[str, str]:
    token = mint.access(ALICE, "alice", scope=SCOPE, sid=str(session), roles=roles or ("author",))
    return {"Authorization": f"Bearer {token}"}


def code(answer: httpx.Response) -> str:
    return "" if answer.status_code == 200 else str(answer.json()["code"])


def auth_with(mint: TokenMint, *events: Event) -> FakeUpstream:
    return FakeUpstream(auth_handlers(mint, events))


def test_token_dies_with_the_event_though_it_was_verified_before(
    gateway: Running, stranger: httpx.Client, mint: TokenMint, events_url: str, auth: FakeUpstream
) -> None:
    session = uuid7()
    headers, others = bearer(mint, session), bearer(mint, uuid7())
    assert stranger.get(ME, headers=headers).status_code == 200
    publish(transports.connect(events_url), over(session))
    eventually(lambda: code(stranger.get(ME, headers=headers)) == "token_revoked")
    answer = stranger.get(ME, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    served = len(auth.requests)
    assert code(stranger.get(POSTS, headers=headers)) == "token_revoked"  # on public routes too, verified anew
    assert stranger.get(ME, headers=others).status_code == 200
    assert [seen.target for seen in auth.requests[served:]] == [ME]


def test_gateway_that_starts_later_knows(start_gateway: Callable[..., Running], mint: TokenMint) -> None:
    session = uuid7()
    with auth_with(mint, over(session)) as auth:
        running = start_gateway(AUTH_URL=auth.url)
        running.wait_until_ready()
        with httpx.Client(base_url=running.url) as client:
            assert code(client.get(ME, headers=bearer(mint, session))) == "token_revoked"
        asked = next(seen for seen in auth.of_gateway if seen.target == "/internal/revocations")
        assert asked.header("authorization") == "Bearer of-the-gateway"


def test_without_a_list_editors_only_read_and_authors_write_on(
    start_gateway: Callable[..., Running], mint: TokenMint
) -> None:
    async def nothing(call: Call) -> None:
        await call.answer(status="503 Service Unavailable")

    with FakeUpstream(auth_handlers(mint) | {REVOCATIONS: nothing}) as auth:
        running = start_gateway(AUTH_URL=auth.url)
        running.wait_until_listening()
        unready = httpx.get(f"{running.admin_url}/readyz")
        assert (unready.status_code, unready.json()["checks"]["revocations"]) == (503, "RuntimeError")
        with httpx.Client(base_url=running.url) as client:
            editor = bearer(mint, uuid7(), "author", "editor")
            answer = client.post(POSTS, headers=editor, json={})
            assert (answer.status_code, code(answer)) == (503, "revocations_unknown")
            assert answer.headers["retry-after"]
            assert client.get(POSTS, headers=editor).status_code == 200
            assert client.post(POSTS, headers=bearer(mint, uuid7()), json={}).status_code == 200
        told = eventually(lambda: _ready(running))  # the first ten seconds are over
        assert told["warnings"] == {"revocations": "RuntimeError"}
        metrics = httpx.get(f"{running.admin_url}/metrics").text
        assert "revocations_confirmed_timestamp_seconds 0.0" in metrics
        assert "revocations_listening 1.0" in metrics


def _ready(running: Running) -> dict[str, object]:
    """What readiness tells once it is; nothing before."""
    answer = httpx.get(f"{running.admin_url}/readyz")
    said: dict[str, object] = answer.json() if answer.status_code == 200 else {}
    return said


@pytest.mark.parametrize("path", [ME, POSTS])
def test_gateway_whose_broker_is_away_serves_and_polls(
    start_gateway: Callable[..., Running], mint: TokenMint, path: str
) -> None:
    session = uuid7()
    events: list[Event] = []
    with FakeUpstream(auth_handlers(mint, events)) as auth:
        running = start_gateway(AUTH_URL=auth.url, EVENTS_URL="amqp://127.0.0.1:1/")
        running.wait_until_ready()
        with httpx.Client(base_url=running.url) as client:
            headers = bearer(mint, session)
            assert client.get(path, headers=headers).status_code == 200
            events.append(over(session))
            eventually(lambda: code(client.get(path, headers=headers)) == "token_revoked")
