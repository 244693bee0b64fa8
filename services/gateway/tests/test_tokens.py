import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from chassis.testing import TokenMint
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from gateway_service.testing import ALICE, SCOPE
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.running import Running, eventually

ME = "/api/v1/auth/users/me"


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(mint: TokenMint, header: dict[str, Any], payload: dict[str, Any]) -> str:
    """A token with any header and payload, rightly signed."""
    signing_input = f"{encoded(header)}.{encoded(payload)}".encode()
    signature = jwt.get_algorithm_by_name("ES256").sign(signing_input, mint.private_key)
    return f"{signing_input.decode()}.{encoded(signature)}"


def payload_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def reclaimed(mint: TokenMint, **claims: Any) -> str:
    return signed(mint, {"alg": "ES256", "typ": "at+jwt", "kid": mint.kid}, good_payload(mint) | claims)


def good_payload(mint: TokenMint) -> dict[str, Any]:
    return payload_of(mint.access(ALICE, "alice", scope=SCOPE))


def unsigned(mint: TokenMint) -> str:
    """Everything of a good token but its signature."""
    return mint.access(ALICE, "alice", scope=SCOPE).rpartition(".")[0]


def hmac_with_public_key(mint: TokenMint, token: str) -> str:
    public = mint.private_key.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    signing_input = f"{encoded({'alg': 'HS256', 'typ': 'at+jwt', 'kid': mint.kid})}.{token.split('.')[1]}".encode()
    return f"{signing_input.decode()}.{encoded(jwt.get_algorithm_by_name('HS256').sign(signing_input, pem))}"


def der_signature(mint: TokenMint, token: str) -> str:
    signing_input = token.rpartition(".")[0]
    return f"{signing_input}.{encoded(mint.private_key.sign(signing_input.encode(), ec.ECDSA(hashes.SHA256())))}"


def own_key_in_header(mint: TokenMint, name: str, value: Any) -> str:
    other = TokenMint(mint.issuer, mint.audience, kid="mine")
    value = other.jwks()["keys"][0] if name == "jwk" else value
    return other.access(ALICE, "alice", scope=SCOPE, headers={name: value})


FORGERIES: dict[str, tuple[str, Callable[[TokenMint], str]]] = {
    "alg none": ("token_algorithm", lambda m: jwt.encode(good_payload(m), "", "none")),
    "alg none, signature kept": (
        "token_algorithm",
        lambda m: signed(m, {"alg": "none", "typ": "at+jwt", "kid": m.kid}, good_payload(m)),
    ),
    "alg in other letters": (
        "token_algorithm",
        lambda m: signed(m, {"alg": "es256", "typ": "at+jwt", "kid": m.kid}, good_payload(m)),
    ),
    "HS256 with the public key": ("token_algorithm", lambda m: hmac_with_public_key(m, m.access(ALICE, "alice"))),
    "unknown kid": ("token_signature", lambda m: m.access(ALICE, "alice", headers={"kid": "nobody"})),
    "kid of another key": ("token_signature", lambda m: TokenMint(m.issuer, m.audience, m.kid).access(ALICE, "alice")),
    "no kid": (
        "token_malformed",
        lambda m: signed(m, {"alg": "ES256", "typ": "at+jwt"}, good_payload(m)),
    ),
    "own key as jwk": ("token_signature", lambda m: own_key_in_header(m, "jwk", None)),
    "own key by jku": ("token_signature", lambda m: own_key_in_header(m, "jku", "http://127.0.0.1:1/jwks.json")),
    "own key by x5u": ("token_signature", lambda m: own_key_in_header(m, "x5u", "http://127.0.0.1:1/c.pem")),
    "crit": ("token_malformed", lambda m: m.access(ALICE, "alice", headers={"crit": ["exp"]})),
    "an id token": ("token_malformed", lambda m: m.access(ALICE, "alice", headers={"typ": "JWT"})),
    "expired": ("token_expired", lambda m: m.access(ALICE, "alice", exp=int(time.time()) - 31)),
    "not yet": ("token_not_yet_valid", lambda m: m.access(ALICE, "alice", nbf=int(time.time()) + 60)),
    "issued later": ("token_not_yet_valid", lambda m: m.access(ALICE, "alice", iat=int(time.time()) + 60)),
    "other issuer": ("token_issuer", lambda m: m.access(ALICE, "alice", iss="https://evil.example")),
    "no issuer": ("token_issuer", lambda m: m.access(ALICE, "alice", iss=None)),
    "other audience": ("token_audience", lambda m: m.access(ALICE, "alice", aud="elsewhere")),
    "no expiry": ("token_malformed", lambda m: m.access(ALICE, "alice", exp=None)),
    "expiry as text": ("token_malformed", lambda m: m.access(ALICE, "alice", exp=str(int(time.time()) + 600))),
    "no subject": ("token_malformed", lambda m: reclaimed(m, sub=None)),
    "subject is no id": ("token_malformed", lambda m: reclaimed(m, sub="1 OR 1=1")),
    "payload changed": (
        "token_signature",
        lambda m: ".".join(
            part if place != 1 else encoded(good_payload(m) | {"roles": ["admin"]})
            for place, part in enumerate(m.access(ALICE, "alice").split("."))
        ),
    ),
    "signature cut": ("token_signature", lambda m: m.access(ALICE, "alice")[:-10]),
    "signature zero": (
        "token_signature",
        lambda m: unsigned(m) + "." + encoded(bytes(64)),
    ),
    "no signature": ("token_signature", lambda m: unsigned(m) + "."),
    "DER signature": ("token_signature", lambda m: der_signature(m, m.access(ALICE, "alice"))),
    "padded": ("token_malformed", lambda m: m.access(ALICE, "alice") + "=="),
    "four parts": ("token_malformed", lambda m: m.access(ALICE, "alice") + ".x"),
    "two tokens": ("token_malformed", lambda m: m.access(ALICE, "alice") + "," + m.access(ALICE, "alice")),
    "not a token": ("token_malformed", lambda m: "let-me-in"),
    "header is no JSON": ("token_malformed", lambda m: f"{encoded(b'{')}.e30.e30"),
    "enormous": ("token_malformed", lambda m: m.access(ALICE, "alice", extra="x" * 9000)),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_token_is_refused_on_every_kind_of_route(
    stranger: httpx.Client, mint: TokenMint, blog: FakeUpstream, media: FakeUpstream, forgery: str
) -> None:
    code, make = FORGERIES[forgery]
    for path in (ME, "/api/v1/posts", "/m/0189/thumb.webp"):
        answer = stranger.get(path, headers={"Authorization": f"Bearer {make(mint)}"})
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert not blog.requests
    assert not media.requests


def test_other_spelling_of_the_same_signature_is_refused(stranger: httpx.Client, alice_token: str) -> None:
    """The last character of 64 bytes in base64url has four unused bits."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = alice_token[:-1] + letters[letters.index(alice_token[-1]) ^ 1]
    answer = stranger.get(ME, headers={"Authorization": f"Bearer {twin}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_malformed")


def test_good_token_opens_the_door(alice: httpx.Client) -> None:
    assert alice.get(ME).status_code == 200


def test_no_token_is_401_where_one_is_needed(stranger: httpx.Client) -> None:
    answer = stranger.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer.headers["www-authenticate"].startswith("Bearer error=")


@pytest.mark.parametrize("header", ["bearer {}", "BEARER {}"])
def test_scheme_ignores_case(stranger: httpx.Client, alice_token: str, header: str) -> None:
    assert stranger.get(ME, headers={"Authorization": header.format(alice_token)}).status_code == 200


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer  {}", "{}", "Token {}", "Bearer {} x"])
def test_other_schemes_are_malformed(stranger: httpx.Client, alice_token: str, header: str) -> None:
    answer = stranger.get("/api/v1/posts", headers={"Authorization": header.format(alice_token)})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_malformed")


def test_scope_is_needed(bob: httpx.Client) -> None:
    answer = bob.get("/api/v1/media")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="media"'


def test_role_is_needed(bob: httpx.Client, blog: FakeUpstream) -> None:
    answer = bob.post("/api/v1/posts", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
    assert not blog.requests


def test_token_within_the_clock_difference_is_accepted(stranger: httpx.Client, mint: TokenMint) -> None:
    now = int(time.time())
    for token in (
        mint.access(ALICE, "alice", scope=SCOPE, exp=now - 20),
        mint.access(ALICE, "alice", scope=SCOPE, nbf=now + 20),
        mint.access(ALICE, "alice", scope=SCOPE, iat=now + 20),
    ):
        assert stranger.get(ME, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_gateway_starts_without_auth_and_finds_it_later(
    start_gateway: Callable[..., Running], mint: TokenMint, blog: FakeUpstream
) -> None:
    late = FakeUpstream()
    with late:  # learns a free port
        pass
    running = start_gateway(AUTH_URL=late.url)
    running.wait_until_listening()
    bearer = {"Authorization": f"Bearer {mint.access(ALICE, 'alice', scope=SCOPE)}"}
    with httpx.Client(base_url=running.url) as client:
        assert client.get("/api/v1/posts").status_code == 200
        answer = client.get("/api/v1/posts", headers=bearer)
        assert (answer.status_code, answer.json()["code"]) == (503, "keys_unavailable")
        assert int(answer.headers["retry-after"]) >= 1

        async def jwks(call: Call) -> None:
            await call.answer(json.dumps(mint.jwks()).encode())

        late.handlers["/.well-known/jwks.json"] = jwks
        with late:
            eventually(lambda: client.get("/api/v1/posts", headers=bearer).status_code == 200)
        # and keeps the last good keys when it goes away again
        fresh = {"Authorization": f"Bearer {mint.access(ALICE, 'alice', scope=SCOPE)}"}
        assert client.get("/api/v1/posts", headers=fresh).status_code == 200


def test_new_key_is_fetched_once_and_a_withdrawn_one_forgotten(
    start_gateway: Callable[..., Running], mint: TokenMint, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotated = TokenMint(mint.issuer, mint.audience, kid="next")
    published = [mint.jwks()]

    async def jwks(call: Call) -> None:
        await call.answer(json.dumps(published[0]).encode())

    with FakeUpstream({"/.well-known/jwks.json": jwks}) as auth:
        running = start_gateway(AUTH_URL=auth.url)
        running.wait_until_ready()
        old, new = ({"Authorization": f"Bearer {each.access(ALICE, 'alice', scope=SCOPE)}"} for each in (mint, rotated))
        with httpx.Client(base_url=running.url) as client:
            assert client.get("/api/v1/posts", headers=old).status_code == 200
            published[0] = rotated.jwks()
            # an unknown key is asked for, though not more often than every ten seconds
            eventually(lambda: client.get("/api/v1/posts", headers=new).status_code == 200)
            assert client.get("/api/v1/posts", headers=old).json()["code"] == "token_signature"
        asked = [seen for seen in auth.of_gateway if seen.target == "/.well-known/jwks.json"]
        assert len(asked) == 2
        assert [seen.header("cache-control") for seen in asked] == ["no-cache"] * 2  # what is kept may lack the new key
