"""Who may ask under /internal/."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import pytest
from chassis.access import table
from chassis.internal_access import require_service
from chassis.problems import Problem
from chassis.settings import ServiceSettings
from chassis.testing import TokenMint
from chassis.tokens import KeySet, ServiceVerifier, TokenRefused, Verifier

PATH = "/internal/assets"
ALICE = UUID("01930000-0000-7000-8000-000000000001")
FORMER = "f" * 32


class MediaSettings(ServiceSettings):
    service: ClassVar[str] = "media"


Ask = Callable[..., None]


@pytest.fixture
def ask(mint: TokenMint) -> Ask:
    keys = KeySet()
    keys.replace(mint.jwks())
    verifier = ServiceVerifier(keys.get, issuer=mint.issuer, audience="media")

    def ask(token: str | None = None, former: str | None = None, method: str = "GET", known: str = FORMER) -> None:
        headers = {"Authorization": f"Bearer {token}", "X-Service-Token": former}
        given = {name: value for name, value in headers.items() if value and value != "Bearer None"}
        require_service(given, method, PATH, verifier=verifier, settings=MediaSettings(service_token=known))

    return ask


def refusal(ask: Ask, *args: Any, **what: Any) -> tuple[int, str]:
    with pytest.raises(Problem) as raised:
        ask(*args, **what)
    return raised.value.status, raised.value.code


def test_a_service_that_is_listed_may_ask(ask: Ask, mint: TokenMint) -> None:
    ask(mint.service("blog", "media"))
    assert refusal(ask, mint.service("gateway", "media")) == (403, "caller_not_listed")
    assert refusal(ask, mint.service("blog", "media"), method="POST") == (403, "caller_not_listed")


def test_a_user_is_no_service_and_a_service_no_user(ask: Ask, mint: TokenMint, verifier: Verifier) -> None:
    assert refusal(ask, mint.access(ALICE, "alice")) == (401, "token_malformed")
    assert refusal(ask, mint.access(ALICE, "alice", aud="media"), FORMER) == (401, "token_malformed")
    for token in (mint.service("blog", "media"), mint.service("blog", mint.audience)):
        with pytest.raises(TokenRefused, match=r"not of the kind at\+jwt"):
            verifier.verify(token)


def test_neither_does_for_the_other_though_its_kind_is_forged_in_its_claims(
    ask: Ask, mint: TokenMint, verifier: Verifier
) -> None:
    as_service = mint.access(ALICE, "alice", aud="media", headers={"typ": "service+jwt"})
    assert refusal(ask, as_service) == (401, "token_malformed")
    with pytest.raises(TokenRefused):
        verifier.verify(mint.service("blog", mint.audience, headers={"typ": "at+jwt"}))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"aud": "auth"}, "token_audience"),
        ({"aud": ["auth", "media"]}, "token_malformed"),
        ({"iss": "https://other.example"}, "token_issuer"),
        ({"exp": 1}, "token_expired"),
        ({"nbf": 2**40}, "token_not_yet_valid"),
        ({"exp": None}, "token_malformed"),
        ({"sub": None}, "token_malformed"),
        ({"username": "alice"}, "token_malformed"),
        ({"scope": "media"}, "token_malformed"),
    ],
)
def test_everything_about_a_token_is_checked(ask: Ask, mint: TokenMint, change: dict[str, Any], code: str) -> None:
    assert refusal(ask, mint.service("blog", "media", **change)) == (401, code)


def test_the_former_secret_does_while_it_is_set(ask: Ask) -> None:
    ask(former=FORMER)
    for wrong in (None, "wrong", "é"):
        assert refusal(ask, former=wrong) == (401, "service_token_invalid")
    for given in (None, "", FORMER):
        assert refusal(ask, former=given, known="") == (401, "service_token_invalid")


def test_a_refused_token_is_not_made_good_by_the_former_secret(ask: Ask, mint: TokenMint) -> None:
    assert refusal(ask, mint.service("blog", "auth"), FORMER) == (401, "token_audience")


def test_nobody_asks_itself_and_only_services_ask() -> None:
    for service, paths in table().internal.items():
        assert all(path.startswith("/internal/") for path in paths)
        callers = frozenset[str]().union(*(who for methods in paths.values() for who in methods.values()))
        assert callers <= {"auth", "blog", "gateway", "media"} - {service}
