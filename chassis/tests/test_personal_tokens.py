"""The form of personal access tokens."""

from uuid import UUID

import pytest
from chassis.testing import TokenMint
from chassis.tokens import TokenRefused, Verifier
from chassis.tokens.personal import digest, is_well_formed, personal_token

ALICE = UUID("01930000-0000-7000-8000-000000000001")
GOOD = personal_token()
NONE = ["", "bsp_", "bsp_" + "é" * 48, "\ud800", f"{GOOD}\n", f" {GOOD}", f"{GOOD}=", GOOD[:-1], GOOD.upper()]


def test_each_is_another_one_of_the_form() -> None:
    made = {personal_token() for _ in range(100)}
    assert len(made) == 100
    assert {len(text) for text in made} == {52}
    assert all(text.startswith("bsp_") and is_well_formed(text) for text in made)
    assert len({digest(text) for text in made}) == 100


def test_any_one_character_that_is_wrong_is_noticed() -> None:
    text = personal_token()
    for place in range(len(text)):
        other = "x" if text[place] != "x" else "y"
        assert not is_well_formed(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("text", NONE)
def test_what_is_none_is_told(text: str) -> None:
    assert not is_well_formed(text)
    assert len(digest(text)) == 32


def test_services_take_none(verifier: Verifier) -> None:
    with pytest.raises(TokenRefused) as refused:
        verifier.verify(personal_token())
    assert refused.value.code == "token_malformed"


def test_an_access_token_says_what_it_stands_for(verifier: Verifier, mint: TokenMint) -> None:
    assert not verifier.verify(mint.access(ALICE, "alice")).personal
    assert verifier.verify(mint.access(ALICE, "alice", personal=True)).personal
    for wrong in ("true", 1, [True]):
        with pytest.raises(TokenRefused) as refused:
            verifier.verify(mint.access(ALICE, "alice", personal=wrong))
        assert refused.value.code == "token_malformed"
