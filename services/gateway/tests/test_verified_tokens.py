"""What is remembered of verified tokens ends with everything that ends the token itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from chassis.events.envelope import Event
from chassis.events.testing import example
from chassis.revocations import RevokedTokens
from chassis.revocations.revoked_tokens import TYPES
from chassis.testing import TokenMint
from chassis.tokens import Claims, TokenRefused, Verifier
from gateway_service.testing import ALICE
from gateway_service.tokens.keys import KeySource
from gateway_service.tokens.verified import VerifiedTokens
from uuid_utils.compat import uuid7

LATER = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
DATA: dict[str, Callable[[Claims], dict[str, object]]] = {
    "auth.session.revoked.v1": lambda claims: {"session_id": str(claims.sid), "expires_at": LATER},
    "auth.personal_token.revoked.v1": lambda claims: {"token_id": str(claims.sid), "expires_at": LATER},
    "auth.user.tokens_revoked.v1": lambda claims: {"user_id": str(claims.sub), "not_before": LATER},
    "auth.role.changed.v1": lambda claims: {"user_id": str(claims.sub), "roles": ["reader"]},
    "auth.key.revoked.v1": lambda claims: {"kid": claims.kid, "revoked_at": LATER},
}
Taking = Callable[[RevokedTokens, Event], None]


def heard(revoked: RevokedTokens, event: Event) -> None:
    revoked.apply(event)


def told_by_another_process(revoked: RevokedTokens, event: Event) -> None:
    other = RevokedTokens()
    other.apply(event)
    revoked.take_over(other.told())


@pytest.fixture
def authorization(mint: TokenMint) -> bytes:
    return f"Bearer {mint.access(ALICE, 'alice', sid=str(uuid7()), roles=('author',))}".encode()


@pytest.fixture
def revoked() -> RevokedTokens:
    return RevokedTokens()


@pytest.fixture
async def tokens(mint: TokenMint, revoked: RevokedTokens) -> VerifiedTokens:
    async def fetch() -> bytes:
        return json.dumps(mint.jwks()).encode()

    keys = KeySource(fetch)
    assert await keys.refresh()
    return VerifiedTokens(Verifier(keys.key, issuer=mint.issuer, audience=mint.audience), keys, revoked)


def of(event_type: str, claims: Claims) -> Event:
    event = example(event_type)
    return replace(event, time=datetime.now(UTC), data=event.data | DATA[event_type](claims))


@pytest.mark.parametrize("taken", [heard, told_by_another_process])
@pytest.mark.parametrize("event_type", TYPES)
async def test_verified_token_ends_with_each_event_that_ends_tokens(
    event_type: str, taken: Taking, tokens: VerifiedTokens, revoked: RevokedTokens, authorization: bytes
) -> None:
    caller = tokens.verify(authorization)
    assert tokens.known(authorization) is caller
    taken(revoked, of(event_type, caller.claims))
    with pytest.raises(TokenRefused, match=r"revoked|role"):
        tokens.known(authorization)
    assert tokens.known(authorization) is None, "it is not remembered any more"
    with pytest.raises(TokenRefused):
        tokens.verify(authorization)


async def test_others_are_remembered_through_it(
    mint: TokenMint, tokens: VerifiedTokens, revoked: RevokedTokens, authorization: bytes
) -> None:
    other = f"Bearer {mint.access(ALICE, 'alice', sid=str(uuid7()), roles=('author',))}".encode()
    ended, lives = tokens.verify(authorization), tokens.verify(other)
    revoked.apply(of("auth.session.revoked.v1", ended.claims))
    assert tokens.known(other) is lives
