"""What the gateway remembers of personal tokens, with a clock in the hand: until when, and how many."""

import asyncio

import pytest
from chassis.problems import Problem
from chassis.revocations import RevokedTokens
from chassis.testing import TokenMint
from chassis.tokens import TokenRefused, Verifier
from chassis.tokens.personal import personal_token
from gateway_service.testing import ALICE
from gateway_service.tokens import personal
from gateway_service.tokens.keys import KeySource
from gateway_service.tokens.personal import FRESH_SECONDS, PATIENCE_SECONDS, ExchangeFailedError, PersonalTokens
from gateway_service.tokens.verified import VerifiedTokens


class Auth:
    """Answers as it is told, and its clock moves when it is told."""

    def __init__(self, mint: TokenMint) -> None:
        self.mint = mint
        self.now = 0.0
        self.answer: Exception | None = None
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    def clock(self) -> float:
        return self.now

    async def exchange(self, text: str) -> str:
        self.asked.append(text)
        await self.open.wait()
        if self.answer:
            raise self.answer
        return self.mint.access(ALICE, "alice", personal=True, iat=int(self.now), nbf=0, exp=int(self.now) + 600)


@pytest.fixture
def auth(mint: TokenMint) -> Auth:
    return Auth(mint)


@pytest.fixture
def tokens(auth: Auth) -> PersonalTokens:
    async def fetch() -> bytes:
        raise AssertionError("the keys are here")

    keys = KeySource(fetch)
    keys.keys.replace(auth.mint.jwks())
    verifier = Verifier(keys.key, issuer=auth.mint.issuer, audience=auth.mint.audience, now=auth.clock)
    return PersonalTokens(auth.exchange, VerifiedTokens(verifier, keys, RevokedTokens(), auth.clock), auth.clock)


async def test_auth_is_asked_again_after_a_minute(auth: Auth, tokens: PersonalTokens) -> None:
    text = personal_token()
    assert tokens.known(text) is None
    first = await tokens.exchange(text)
    auth.now = FRESH_SECONDS - 1
    assert tokens.known(text) == first
    auth.now = FRESH_SECONDS
    assert tokens.known(text) is None
    assert await tokens.exchange(text) != first


async def test_while_auth_is_away_a_token_is_used_until_it_expires(auth: Auth, tokens: PersonalTokens) -> None:
    text = personal_token()
    first = await tokens.exchange(text)
    auth.now, auth.answer = FRESH_SECONDS, ExchangeFailedError()
    assert await tokens.exchange(text) == first
    assert tokens.known(text) == first, "auth is left alone for a moment"
    auth.now += PATIENCE_SECONDS
    assert tokens.known(text) is None
    auth.now = 600
    with pytest.raises(Problem) as refused:
        await tokens.exchange(text)
    assert refused.value.code == "keys_unavailable"


async def test_who_was_refused_is_asked_about_again_after_a_minute(auth: Auth, tokens: PersonalTokens) -> None:
    text = personal_token()
    auth.answer = TokenRefused("token_expired")
    with pytest.raises(TokenRefused):
        await tokens.exchange(text)
    with pytest.raises(TokenRefused, match="expired"):
        tokens.known(text)
    auth.now, auth.answer = FRESH_SECONDS, None
    assert tokens.known(text) is None
    assert await tokens.exchange(text)


async def test_a_refusal_ends_what_was_held(auth: Auth, tokens: PersonalTokens) -> None:
    text = personal_token()
    await tokens.exchange(text)
    auth.now, auth.answer = FRESH_SECONDS, TokenRefused("token_revoked")
    with pytest.raises(TokenRefused):
        await tokens.exchange(text)
    assert len(tokens) == 0


async def test_what_is_remembered_is_bounded(
    auth: Auth, tokens: PersonalTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "MAXIMUM_TOKENS", 3)
    texts = [personal_token() for _ in range(5)]
    for text in texts:
        await tokens.exchange(text)
    assert len(tokens) == 3
    assert [tokens.known(text) is not None for text in texts] == [False, False, True, True, True]


async def test_junk_does_not_push_out_good_tokens(
    auth: Auth, tokens: PersonalTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "MAXIMUM_REFUSED", 3)
    good = personal_token()
    await tokens.exchange(good)
    auth.answer = TokenRefused("token_revoked")
    for text in [personal_token() for _ in range(10)]:
        with pytest.raises(TokenRefused):
            await tokens.exchange(text)
    assert tokens.known(good)


async def test_who_waits_is_bounded_and_asks_once_for_a_token(
    auth: Auth, tokens: PersonalTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal, "MAXIMUM_WAITING", 2)
    auth.open.clear()
    first, second = personal_token(), personal_token()
    waiting = [asyncio.ensure_future(tokens.exchange(text)) for text in (first, first, second)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(Problem) as refused:
        await tokens.exchange(personal_token())
    assert (refused.value.status, refused.value.code) == (503, "keys_unavailable")
    waiting[0].cancel()  # whoever leaves does not take it from the others
    auth.open.set()
    assert await waiting[1]
    assert await waiting[2]
    assert auth.asked == [first, second]


async def test_all_are_forgotten_with_a_key(tokens: PersonalTokens) -> None:
    await tokens.exchange(personal_token())
    tokens.forget()
    assert len(tokens) == 0
