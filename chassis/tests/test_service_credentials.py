"""What a service shows another one."""

import json
from typing import ClassVar

import pytest
from chassis.client_credentials import client_credentials
from chassis.service_credentials import Credentials, CredentialsUnavailable, ServiceToken
from chassis.settings import ClientSettings
from chassis.testing import LocalServer


class ReadersSettings(ClientSettings):
    service: ClassVar[str] = "readers"


class Auth:
    """Gives tokens of ten minutes, numbered."""

    def __init__(self) -> None:
        self.now = 0.0
        self.away = False
        self.asked = 0

    def issue(self) -> ServiceToken:
        self.asked += 1
        if self.away:
            raise CredentialsUnavailable("auth answered 503")
        return ServiceToken(f"token-{self.asked}", 600)

    def credentials(self, former: str = "") -> Credentials:
        return Credentials(self.issue, former=former, now=lambda: self.now)


@pytest.fixture
def auth() -> Auth:
    return Auth()


def bearer(number: int) -> dict[str, str]:
    return {"Authorization": f"Bearer token-{number}"}


def test_a_token_is_kept_for_half_of_its_life(auth: Auth) -> None:
    credentials = auth.credentials()
    assert [credentials.headers() for auth.now in (0, 1, 299)] == [bearer(1)] * 3
    assert [credentials.headers() for auth.now in (300, 301)] == [bearer(2)] * 2
    assert auth.asked == 2


def test_while_auth_is_away_the_old_token_is_shown_until_shortly_before_its_end(auth: Auth) -> None:
    credentials = auth.credentials()
    credentials.headers()
    auth.away = True
    assert [credentials.headers() for auth.now in (300, 304, 306, 569)] == [bearer(1)] * 4
    assert auth.asked == 4  # not at every call
    auth.now = 571
    with pytest.raises(CredentialsUnavailable):
        credentials.headers()


def test_an_auth_that_gave_none_is_left_alone_for_a_while(auth: Auth) -> None:
    auth.away = True
    credentials = auth.credentials()
    for auth.now in (0, 1, 4.9):
        with pytest.raises(CredentialsUnavailable):
            credentials.headers()
    assert auth.asked == 1
    auth.away, auth.now = False, 5
    assert credentials.headers() == bearer(2)


def test_the_former_secret_goes_along_and_does_alone(auth: Auth) -> None:
    """So a service that knows nothing of tokens, or an auth that gives none yet, may be older or newer."""
    credentials = auth.credentials(former="f" * 32)
    assert credentials.headers() == bearer(1) | {"X-Service-Token": "f" * 32}
    credentials.forget()
    auth.away = True
    assert credentials.headers() == {"X-Service-Token": "f" * 32}


def test_a_client_names_itself_and_one_audience(http_server: LocalServer) -> None:
    http_server.reply = lambda _request: (200, json.dumps({"access_token": "t", "expires_in": 600}).encode())
    settings = ReadersSettings(auth_url=http_server.url, client_secret="s:+" * 16)
    credentials = client_credentials(settings, "press")
    assert credentials is client_credentials(settings, "press")
    assert credentials.headers() == {"Authorization": "Bearer t"}
    (request,) = http_server.requests
    assert (request.method, request.path) == ("POST", "/internal/tokens")
    assert request.body == b"grant_type=client_credentials&audience=press"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"].startswith("Basic cmVhZGVyczpzJTNBJTJC")  # readers:s%3A%2B


@pytest.mark.parametrize(
    "answer", [(404, b"{}"), (401, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b'{"expires_in": 1}')]
)
def test_anything_else_is_no_token(http_server: LocalServer, answer: tuple[int, bytes]) -> None:
    http_server.reply = lambda _request: answer
    with pytest.raises(CredentialsUnavailable):
        client_credentials(ReadersSettings(auth_url=http_server.url), "press").headers()
