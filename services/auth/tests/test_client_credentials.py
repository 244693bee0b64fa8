"""How services get the tokens that they show each other."""

import hashlib
from collections.abc import Iterator

import jwt
import pytest
from auth_service.clients.digests import is_client
from auth_service.keys.selectors import verifying_key
from auth_service.settings import AuthSettings, settings
from auth_service.testing import Caller
from chassis.access import table
from chassis.django.testing import ApiResponse, operations
from chassis.realworld import PREFIX
from chassis.tokens import ServiceVerifier, TokenRefused
from django.test import Client
from pydantic import ValidationError
from urllib3 import make_headers

SECRET = "k3v9" * 8
FORM = "grant_type=client_credentials&audience=auth"


@pytest.fixture(autouse=True)
def blog_has_a_secret(db: None) -> Iterator[None]:
    """As development makes it."""
    file = settings().var_dir / "secrets" / "BLOG_CLIENT_SECRET"
    file.write_text(SECRET)
    yield
    file.unlink()


def ask(form: str = FORM, *, client: str = "blog", secret: str = SECRET, authorization: str = "") -> ApiResponse:
    shown = authorization or make_headers(basic_auth=f"{client}:{secret}")["authorization"]
    sender = Client(headers={"Authorization": shown})
    return ApiResponse(sender.post("/internal/tokens", form, "application/x-www-form-urlencoded"))


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def test_a_service_gets_a_token_for_one_other() -> None:
    answer = ask()
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    token = answer.body.pop("access_token")
    assert answer.body == {"token_type": "Bearer", "expires_in": 600}
    said = jwt.decode(token, options={"verify_signature": False})
    assert said.keys() == {"iss", "aud", "sub", "iat", "nbf", "exp", "jti"}
    assert (said["sub"], said["aud"], said["exp"] - said["iat"]) == ("blog", "auth", 600)
    verifier = ServiceVerifier(verifying_key, issuer=settings().token_issuer, audience="auth")
    assert verifier.verify(token) == "blog"
    with pytest.raises(TokenRefused, match="another audience"):
        ServiceVerifier(verifying_key, issuer=settings().token_issuer, audience="media").verify(token)


def test_a_token_of_a_service_is_no_users(alice: Caller) -> None:
    alice.access = ask().body["access_token"]
    for path in ("/api/v2/me", "/api/v1/auth/sessions", "/.well-known/jwks.json"):
        answer = alice.get(path)
        assert (answer.status, path.endswith("jwks.json")) in {(401, False), (200, True)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "wrong"},
        {"secret": ""},
        {"client": "media"},
        {"client": ""},
        {"authorization": "Bearer x"},
        {"authorization": "Basic é"},
        {"authorization": "Basic !"},
        {"authorization": "Basic /w=="},
    ],
)
def test_who_does_not_know_the_secret_gets_none(wrong: dict[str, str]) -> None:
    answer = ask(**wrong)
    assert (answer.status, answer.body["code"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="internal"'


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("grant_type=password&audience=auth", "unsupported_grant_type"),
        ("audience=auth", "unsupported_grant_type"),
        ("grant_type=client_credentials", "invalid_target"),
        ("grant_type=client_credentials&audience=blog", "invalid_target"),
        ("grant_type=client_credentials&audience=%00", "invalid_target"),
    ],
)
def test_a_token_for_nothing_is_refused(form: str, code: str) -> None:
    answer = ask(form)
    assert (answer.status, answer.body["code"]) == (400, code)


def test_a_body_that_is_no_form_is_refused() -> None:
    headers = make_headers(basic_auth=f"blog:{SECRET}")
    answer = ApiResponse(Client(headers=headers).post("/internal/tokens", "{}", "application/json"))
    assert answer.status == 415


def test_in_production_auth_knows_digests_alone_and_two_of_a_client_while_they_change() -> None:
    following = f"blog={digest('old' * 11)}, blog={digest('new' * 11)},media={digest('m' * 32)}"
    own = settings().model_copy(update={"environment": "production", "client_digests": following})
    assert is_client("blog", "old" * 11, own)
    assert is_client("blog", "new" * 11, own)
    assert not is_client("blog", "m" * 32, own)
    assert not is_client("blog", digest("old" * 11), own)
    assert not is_client("blog", SECRET, own)  # of development


@pytest.mark.parametrize("wrong", ["blog", "blog=secret", f"blog={'A' * 64}", f"blog={'a' * 64};media={'a' * 64}", ","])
def test_digests_that_are_none_are_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="SHA-256 of a client secret"):
        AuthSettings(client_digests=wrong)


def test_every_address_inside_is_listed() -> None:
    inside = operations("/api/", PREFIX, "/admin/", "/account/", "/.well-known/", "/livez", "/metrics", "/readyz")
    listed = {(method, path) for path, methods in table().internal["auth"].items() for method in methods}
    assert inside - {("POST", "/internal/tokens")} == listed
