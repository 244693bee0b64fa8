"""A session at a server: opened by password, kept by its refresh token, or a personal token that somebody made."""

import os
from typing import Any

import httpx

from broadsheet_cli.credentials import Credentials
from broadsheet_cli.errors import NotLoggedIn, Refused, Unreachable

LOCAL = "http://127.0.0.1:8000"
TIMEOUT = httpx.Timeout(60, connect=10)
BROKEN = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
"""What ends one connection, and does not tell that the next would not go well."""


def client(server: str) -> httpx.Client:
    """Tries again where no connection comes about; nothing was sent then."""
    transport = httpx.HTTPTransport(retries=2)
    return httpx.Client(base_url=f"{server}/api/v2", timeout=TIMEOUT, transport=transport, follow_redirects=True)


class Session:
    """``access_token`` lives ten minutes; a personal token (BROADSHEET_TOKEN) until its own end."""

    def __init__(self, server: str, credentials: Credentials) -> None:
        self.server = server
        self.http = client(server)
        self._credentials = credentials
        self._personal = os.environ.get("BROADSHEET_TOKEN")
        self.access_token = self._personal or ""

    def renew(self) -> None:
        """Raises NotLoggedIn where there is nothing to renew, or no more."""
        refresh = None if self._personal else self._credentials.secret(self.server)
        if refresh is None:
            told = "BROADSHEET_TOKEN is not accepted" if self._personal else "You are not logged in"
            raise NotLoggedIn(f"{told} at {self.server}: `broadsheet-cli login --server {self.server}`.")
        answer = self.ask("POST", "/sessions/refresh", json={"refresh_token": refresh})
        if answer.status_code == 401:
            raise NotLoggedIn(f"Your session at {self.server} has ended: `broadsheet-cli login`, and run it again.")
        self._take(answer)

    def open(self, login: str, password: str, totp: str | None) -> str:
        """Log in and keep the session; returns the username. Raises Refused, with `totp_required` among its codes."""
        sent = {"login": login, "password": password, "mode": "token"} | ({"totp": totp} if totp else {})
        answer = self.ask("POST", "/sessions", json=sent)
        self._take(answer)
        username: str = answer.json()["user"]["username"]
        return username

    def end(self) -> None:
        """At the server as well; here whatever that says."""
        try:
            if not self.access_token:
                self.renew()
            self.ask("DELETE", "/sessions/current", headers={"Authorization": f"Bearer {self.access_token}"})
        finally:
            self._credentials.forget(self.server)

    def ask(self, method: str, path: str, *, repeatable: bool = False, **options: Any) -> httpx.Response:
        """Raises Unreachable, also where another program answers in the platform's place.

        What is ``repeatable`` is sent once more where the connection broke.
        """
        try:
            answer = self.http.request(method, path, **options)
        except httpx.TransportError as error:
            if repeatable and isinstance(error, BROKEN):
                return self.ask(method, path, **options)
            raise Unreachable.of(self.server, error) from error
        if answer.is_success and answer.headers.get("Content-Type", "").startswith("text/html"):
            raise Unreachable(
                f"What answers at {self.server} is not a platform: does this network want a log-in first?"
            )
        return answer

    def _take(self, answer: httpx.Response) -> None:
        if answer.is_error:
            raise Refused(answer)
        body = answer.json()
        self.access_token = body["access_token"]
        self._credentials.keep(self.server, body["refresh_token"])
