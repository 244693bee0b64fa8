"""Which tokens are believed."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import jwt
import pytest
from chassis.testing import TokenMint
from chassis.tokens import KeySet, TokenRefused, UnknownKey, Verifier, bearer
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALICE = UUID("01930000-0000-7000-8000-000000000001")
Forge = Callable[[TokenMint], str]


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpart(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def code_of(verifier: Verifier, token: str) -> str:
    with pytest.raises(TokenRefused) as refused:
        verifier.verify(token)
    assert refused.value.status == 401
    assert refused.value.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')
    return refused.value.code


def test_good_token_gives_its_claims(verifier: Verifier, mint: TokenMint) -> None:
    claims = verifier.verify(mint.access(ALICE, "alice", roles=("author",), scope="posts:write media:write"))
    assert (claims.sub, claims.username, claims.kid) == (ALICE, "alice", mint.kid)
    assert claims.roles == {"author"}
    assert claims.scope == {"posts:write", "media:write"}
    assert claims.exp - claims.iat == 600


def test_foreign_key_hints_are_not_read(verifier: Verifier, mint: TokenMint) -> None:
    thief = TokenMint(mint.issuer, mint.audience, kid=mint.kid)
    hints = {"jwk": thief.jwks()["keys"][0], "jku": "https://evil.example/keys", "x5u": "https://evil.example/x"}
    assert code_of(verifier, thief.access(ALICE, "alice", headers=hints)) == "token_signature"
    assert verifier.verify(mint.access(ALICE, "alice", headers=hints)).sub == ALICE


def resigned(mint: TokenMint, header: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    payload = mint.access(ALICE, "alice").split(".")[1]
    signed = f"{part({'typ': 'at+jwt', 'kid': mint.kid} | header)}.{payload}"
    return f"{signed}.{part(sign(signed.encode()))}"


def hs256_with_public_key(mint: TokenMint) -> str:
    pem = mint.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return resigned(mint, {"alg": "HS256"}, lambda text: hmac.digest(pem, text, hashlib.sha256))


def der_signature(mint: TokenMint) -> str:
    head, payload, signature = mint.access(ALICE, "alice").split(".")
    raw = unpart(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    return f"{head}.{payload}.{part(der)}"


def changed_payload(mint: TokenMint) -> str:
    head, payload, signature = mint.access(ALICE, "alice").split(".")
    claims = json.loads(unpart(payload)) | {"roles": ["admin"]}
    return f"{head}.{part(claims)}.{signature}"


@pytest.mark.parametrize(
    ("code", "forge"),
    [
        ("token_algorithm", lambda mint: resigned(mint, {"alg": "none"}, lambda _: b"")),
        ("token_algorithm", lambda mint: resigned(mint, {"alg": "None"}, lambda _: b"")),
        ("token_algorithm", lambda mint: resigned(mint, {"alg": "none", "kid": None, "typ": "JWT"}, lambda _: b"")),
        ("token_algorithm", hs256_with_public_key),
        ("token_algorithm", lambda mint: resigned(mint, {"alg": "ES384"}, lambda _: b"x" * 96)),
        ("token_algorithm", lambda mint: resigned(mint, {"alg": ["ES256"]}, lambda _: b"x" * 64)),
        ("token_signature", lambda mint: resigned(mint, {"alg": "ES256"}, lambda _: b"\0" * 64)),
        ("token_signature", lambda mint: resigned(mint, {"alg": "ES256"}, lambda _: b"")),
        ("token_signature", der_signature),
        ("token_signature", changed_payload),
        ("token_signature", lambda mint: TokenMint(mint.issuer, mint.audience, kid=mint.kid).access(ALICE, "alice")),
        ("token_signature", lambda mint: mint.access(ALICE, "alice", headers={"kid": "unknown"})),
        ("token_malformed", lambda mint: mint.access(ALICE, "alice", headers={"crit": ["exp"]})),
        ("token_malformed", lambda mint: mint.access(ALICE, "alice", headers={"typ": "JWT"})),
        ("token_malformed", lambda mint: mint.access(ALICE, "alice", headers={"typ": None})),
    ],
)
def test_forged_token_is_refused(verifier: Verifier, mint: TokenMint, code: str, forge: Forge) -> None:
    assert code_of(verifier, forge(mint)) == code


def respelt_signature(token: str) -> str:
    """The same bytes with other bits after the last whole one."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    respelt = token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]
    assert unpart(respelt.split(".")[2]) == unpart(token.split(".")[2])
    return respelt


@pytest.mark.parametrize(
    "damage",
    [
        lambda token: "",
        lambda token: "..",
        lambda token: "not.a.token",
        lambda token: token.rsplit(".", 1)[0],
        lambda token: f"{token}.",
        lambda token: f"{token}=",
        lambda token: f"{token}==",
        lambda token: f"{token}\n",
        lambda token: f" {token}",
        lambda token: token.replace(".", "=.", 1),
        lambda token: token[:20] + "\n" + token[20:],
        lambda token: token[:20] + "+" + token[20:],
        lambda token: f"{token}é",
        lambda token: f"{token}\ud800",
        respelt_signature,
        lambda token: f"{part(b'[1]')}.{token.split('.', 1)[1]}",
        lambda token: f"{part(bytes([255]))}.{token.split('.', 1)[1]}",
        lambda token: f"{part(b'[' * 3000)}.{token.split('.', 1)[1]}",
        lambda token: part(b'{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"test-key"}') + token[token.index(".") :],
        lambda token: f"{token}{'A' * 9000}",
    ],
)
def test_second_spelling_or_damage_is_malformed(
    verifier: Verifier, mint: TokenMint, damage: Callable[[str], str]
) -> None:
    assert code_of(verifier, damage(mint.access(ALICE, "alice"))) == "token_malformed"


NOW = int(time.time())


@pytest.mark.parametrize(
    ("code", "claims"),
    [
        ("token_issuer", {"iss": "https://evil.example"}),
        ("token_issuer", {"iss": None}),
        ("token_issuer", {"iss": ["http://127.0.0.1:8000"]}),
        ("token_audience", {"aud": "another"}),
        ("token_audience", {"aud": None}),
        ("token_audience", {"aud": ["another"]}),
        ("token_audience", {"aud": {"broadsheet": 1}}),
        ("token_expired", {"exp": NOW - 31}),
        ("token_not_yet_valid", {"nbf": NOW + 60}),
        ("token_not_yet_valid", {"iat": NOW + 60}),
        *(("token_malformed", {name: None}) for name in ("sub", "sid", "username", "roles", "scope", "jti")),
        *(("token_malformed", {name: None}) for name in ("exp", "nbf", "iat")),
        ("token_malformed", {"exp": "9999999999"}),
        ("token_malformed", {"exp": True}),
        ("token_malformed", {"exp": 9999999999.5}),
        ("token_malformed", {"roles": "admin"}),
        ("token_malformed", {"roles": [1]}),
        ("token_malformed", {"scope": ["admin"]}),
        ("token_malformed", {"sub": "alice"}),
        ("token_malformed", {"sub": ALICE.hex}),
    ],
)
def test_claims_that_do_not_hold_are_refused(keys: KeySet, mint: TokenMint, code: str, claims: dict[str, Any]) -> None:
    verifier = Verifier(keys.get, issuer=mint.issuer, audience=mint.audience, now=lambda: NOW)
    # PyJWT itself refuses to mint some of these
    token = mint.access(ALICE, "alice")
    payload = json.loads(unpart(token.split(".")[1])) | {"iat": NOW, "nbf": NOW, "exp": NOW + 600} | claims
    payload = {name: value for name, value in payload.items() if value is not None}
    forged = jwt.api_jws.encode(
        json.dumps(payload).encode(), mint.private_key, "ES256", {"kid": mint.kid, "typ": "at+jwt"}
    )
    assert code_of(verifier, forged) == code


@pytest.mark.parametrize("late", [0, 600, 629])
def test_clocks_may_differ_by_thirty_seconds(keys: KeySet, mint: TokenMint, late: int) -> None:
    token = mint.access(ALICE, "alice", iat=NOW, nbf=NOW + 25, exp=NOW + 600)
    verifier = Verifier(keys.get, issuer=mint.issuer, audience=mint.audience, now=lambda: NOW + late)
    assert verifier.verify(token).sub == ALICE


def test_audience_may_be_one_of_several(verifier: Verifier, mint: TokenMint) -> None:
    assert verifier.verify(mint.access(ALICE, "alice", aud=["another", "broadsheet"])).sub == ALICE


def test_key_is_only_used_with_its_own_algorithm(keys: KeySet, mint: TokenMint) -> None:
    key = keys.get(mint.kid)
    assert key
    other = replace(key, algorithm="ES512")
    verifier = Verifier(lambda _kid: other, issuer=mint.issuer, audience=mint.audience)
    assert code_of(verifier, mint.access(ALICE, "alice")) == "token_algorithm"


def test_unknown_key_is_told_apart(verifier: Verifier, mint: TokenMint) -> None:
    with pytest.raises(UnknownKey) as unknown:
        verifier.verify(mint.access(ALICE, "alice", headers={"kid": "next-key"}))
    assert unknown.value.kid == "next-key"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_ignores_case(scheme: str) -> None:
    assert bearer(f"{scheme} a.b.c") == "a.b.c"


def test_no_header_is_no_token() -> None:
    assert bearer(None) is None


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer a b", "Bearer  a", "Bearer a ", "Basic YTpi", "a.b.c"]
)
def test_other_authorization_is_malformed(header: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        bearer(header)
    assert refused.value.code == "token_malformed"
