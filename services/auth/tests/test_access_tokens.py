"""What an access token says, and that others can check it with what is published."""

import base64
import json
import time
from typing import Any

import pytest
from auth_service.sessions.models import Session
from auth_service.testing import Caller
from auth_service.users.models import User
from chassis.tokens import KeySet, TokenRefused, Verifier


def part(token: str, index: int) -> Any:
    text = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_the_header_names_type_algorithm_and_key(alice: Caller) -> None:
    header = part(alice.access, 0)
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": header["kid"]}


def test_the_claims_are_exactly_these(alice: Caller) -> None:
    claims = part(alice.access, 1)
    session = Session.objects.get()
    assert claims == {
        "iss": "http://127.0.0.1:8000",
        "aud": "broadsheet",
        "sub": str(alice.id),
        "sid": str(session.id),
        "username": "alice",
        "roles": ["author"],
        "scope": "account posts media",
        "iat": claims["iat"],
        "nbf": claims["iat"],
        "exp": claims["iat"] + 600,
        "jti": claims["jti"],
        "auth_time": int(session.created_at.timestamp()),
    }
    assert abs(claims["iat"] - time.time()) < 60


def test_others_check_it_with_the_published_keys(alice: Caller, charlie: Caller) -> None:
    keys = KeySet()
    keys.replace(charlie.get("/.well-known/jwks.json").body)
    checked = Verifier(keys.get, issuer="http://127.0.0.1:8000", audience="broadsheet").verify(alice.access)
    assert (checked.sub, checked.username, checked.roles) == (alice.id, "alice", frozenset({"author"}))
    with pytest.raises(TokenRefused):
        Verifier(keys.get, issuer="http://127.0.0.1:8000", audience="another").verify(alice.access)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_token_with_one_part_of_another_is_refused(alice: Caller, bob: Caller, index: int) -> None:
    parts = alice.access.split(".")
    parts[index] = bob.access.split(".")[index]
    alice.access = ".".join(parts)
    answer = alice.get("/api/v1/auth/users/me")
    assert answer.status == (200 if index == 0 else 401)  # the header is the same for all


def test_a_token_without_a_signature_is_refused(alice: Caller) -> None:
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').rstrip(b"=").decode()
    alice.access = f"{unsigned}.{alice.access.split('.')[1]}."
    answer = alice.get("/api/v1/auth/users/me")
    assert (answer.status, answer.body["code"]) == (401, "token_algorithm")


def test_roles_reach_the_token_with_the_next_refresh(alice: Caller) -> None:
    User.objects.update(roles=["author", "editor"])
    answer = alice.post("/api/v1/auth/jwt/refresh", {"refresh": alice.refresh})
    assert part(answer.body["access"], 1)["roles"] == ["author", "editor"]
