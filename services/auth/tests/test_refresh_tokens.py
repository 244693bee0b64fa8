"""The chain of refresh tokens."""

from uuid import UUID

import pytest
from auth_service.sessions import refresh_tokens
from auth_service.sessions.refresh_tokens import RefreshToken

SESSION = UUID("01900000-0000-7000-8000-0000000000d1")
FIRST = RefreshToken(SESSION, 0, bytes(range(32)))


def test_a_token_survives_being_text() -> None:
    assert RefreshToken.parse(str(FIRST)) == FIRST


def test_the_successor_is_always_the_same() -> None:
    assert FIRST.successor() == FIRST.successor()
    assert FIRST.successor() != FIRST


def test_a_later_link_is_found_by_following_the_chain() -> None:
    third = FIRST.successor().successor().successor()
    assert FIRST.later(0, FIRST.digest()) == FIRST
    assert FIRST.later(3, third.digest()) == third
    assert FIRST.later(3, FIRST.digest()) is None


def test_a_chain_is_followed_over_another_secret_while_the_former_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def secrets(*keys: bytes) -> None:
        monkeypatch.setattr(refresh_tokens, "_chain_keys", lambda: list(keys))

    secrets(b"old")
    second = FIRST.successor().successor()
    secrets(b"new", b"old")
    fourth = second.successor().successor()
    assert FIRST.later(4, fourth.digest()) == fourth, "two links under each"
    assert FIRST.later(2, second.digest()) == second, "the last refresh was before the change"
    secrets(b"new")
    assert FIRST.later(4, fourth.digest()) is None
    assert second.later(4, fourth.digest()) == fourth


@pytest.mark.parametrize("generation", [-1, 5_001, 2**31])
def test_no_link_is_followed_backwards_or_for_ever(generation: int) -> None:
    assert FIRST.later(generation, FIRST.digest()) is None


def test_another_session_s_chain_is_another() -> None:
    other = RefreshToken(UUID(int=7), 0, FIRST.secret)
    assert other.successor().secret != FIRST.successor().secret


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        str(FIRST)[:-1],
        str(FIRST) + "A",
        str(FIRST) + "==",
        str(FIRST)[:-1] + "/",
        str(FIRST)[:35] + "\n" + str(FIRST)[35:],
        "ä" * 70,
        str(FIRST)[:-1] + "9",  # the same bytes, spelt in a second way
    ],
)
def test_only_the_one_spelling_is_a_token(text: str) -> None:
    assert RefreshToken.parse(text) is None
