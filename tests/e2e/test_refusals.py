"""What the public door refuses, and how it says so."""

import base64
import json
from collections.abc import Callable

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support import photographs
from tests.support.api import Visitor, expect, json_of


def signed_by_another_key(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False}) | {"roles": ["admin"]}
    headers = jwt.get_unverified_header(token)
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers=headers)


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def signed_with_a_shared_secret(token: str) -> str:
    """The old confusion: something public, such as the key in the JWKS, used as an HMAC secret."""
    claims = jwt.decode(token, options={"verify_signature": False})
    headers = {"kid": jwt.get_unverified_header(token)["kid"], "typ": "at+jwt"}
    return jwt.encode(claims, "anything both sides could know, for instance a public key", "HS256", headers)


def with_other_claims(token: str) -> str:
    header, payload, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False}) | {"username": "dana"}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{header}.{payload}.{signature}"


def of_two_parts(token: str) -> str:
    return token.rpartition(".")[0]


FORGERIES: dict[Callable[[str], str], set[str]] = {
    signed_by_another_key: {"token_signature"},
    unsigned: {"token_algorithm", "token_malformed"},  # it has an empty third part, too
    signed_with_a_shared_secret: {"token_algorithm"},
    with_other_claims: {"token_signature"},
    of_two_parts: {"token_malformed"},
}


@pytest.mark.parametrize("forge", FORGERIES)
@pytest.mark.parametrize("path", ["/api/v1/auth/users/me", "/api/v1/posts", "/api/v2/posts"])
def test_forged_token_is_refused_on_every_route(
    alice: Visitor, base_url: str, forge: Callable[[str], str], path: str
) -> None:
    token = forge(alice.http.headers["Authorization"].removeprefix("Bearer "))
    answer = expect(httpx.get(f"{base_url}{path}", headers={"Authorization": f"Bearer {token}"}), 401)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer error=")
    problem = answer.json()
    assert problem["code"] in FORGERIES[forge]
    assert problem["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("content", "statuses"),
    [
        (photographs.text_named_jpg(), (415,)),
        (photographs.truncated(), (422,)),
        (photographs.pixel_bomb(), (413, 422)),
        (b"", (400, 415, 422)),
    ],
    ids=["text named .jpg", "truncated", "50,000 x 50,000 pixels", "empty"],
)
def test_damaged_picture_is_refused_and_nothing_is_kept(
    alice: Visitor, content: bytes, statuses: tuple[int, ...]
) -> None:
    before = json_of(alice.http.get("/api/v1/media"), 200)["count"]
    answer = expect(alice.upload(content), *statuses)
    assert answer.json()["code" if answer.status_code != 400 else "file"]
    assert json_of(alice.http.get("/api/v1/media"), 200)["count"] == before


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b'{"title": "x", ', "application/json", 400),
        (b'{"title": "caf\xe9", "body": "x"}', "application/json", 400),
        (b"title=x&body=y", "text/plain", 415),
        (b'{"title": "x", "body": "' + b"a" * 3_000_000 + b'"}', "application/json", 413),
        (b'["title"]', "application/json", 400),
        (b'{"title": "", "body": "x"}', "application/json", 400),
    ],
    ids=["malformed JSON", "not UTF-8", "not JSON", "over-long", "no object", "empty title"],
)
def test_bad_body_is_refused(alice: Visitor, content: bytes, content_type: str, status: int) -> None:
    answer = alice.http.post("/api/v1/posts", content=content, headers={"Content-Type": content_type})
    expect(answer, status)
    assert isinstance(answer.json(), dict)


def test_wrong_password_does_not_say_what_was_wrong(stranger: Visitor, alice: Visitor) -> None:
    answers = [
        expect(
            stranger.http.post("/api/v1/auth/jwt/create", json={"login": login, "password": "wrong-passphrase"}), 401
        )
        for login in (alice.username, "nobody-of-this-name")
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "invalid_credentials"
    assert answers[0].headers["WWW-Authenticate"].startswith("Bearer error=")


@pytest.mark.parametrize("path", ["/internal/authors/x", "/api/v1/internal", "/metrics", "/readyz", "/admin/"])
def test_what_is_not_public_is_unknown_at_the_public_door(stranger: Visitor, path: str) -> None:
    assert json_of(stranger.http.get(path), 404)["code"] == "route_unknown"


def test_unknown_version_names_the_known_ones(stranger: Visitor) -> None:
    assert json_of(stranger.http.get("/api/v9/posts"), 404)["supported"] == ["1", "2"]
    refused = stranger.http.get("/api/posts", headers={"API-Version": "9"})
    assert json_of(refused, 406)["supported"] == ["1", "2"]


@pytest.mark.parametrize(("path", "version"), [("/api/posts", "1"), ("/api/posts", "2"), ("/api/auth/users/me", "1")])
def test_version_named_by_media_type_is_served(alice: Visitor, path: str, version: str) -> None:
    accept = f"application/vnd.broadsheet+json; version={version}"
    answer = expect(alice.http.get(path, headers={"Accept": accept}), 200)
    assert answer.headers["API-Version"] == version


def test_refused_method_names_the_allowed_ones(stranger: Visitor) -> None:
    answer = expect(stranger.http.delete("/api/v1/posts"), 401, 405)
    assert answer.json()["code"] in {"method_not_allowed", "token_missing"}
