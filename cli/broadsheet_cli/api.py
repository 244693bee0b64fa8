"""The public API, version 2, for one account."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx

from broadsheet_cli.errors import Conflict, Refused, Unreachable, wait_of
from broadsheet_cli.sessions import Session

Json = dict[str, Any]
TRIES = 5
LONGEST_WAIT_SECONDS = 60
BUSY = {409, 429, 503}
"""With Retry-After: 409 is also that the same request, of a run that was killed, still goes on there."""


class Api:
    """Asks with the session's token; renews it where it has expired, and waits where the server says how long."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._renewing = threading.Lock()

    @property
    def server(self) -> str:
        return self._session.server

    def get(self, path: str, **params: str | int) -> Json:
        return _json(self.request("GET", path, params=params))

    def post(self, path: str, body: Json | None = None, *, once: str | None = None) -> Json:
        """``once`` is an Idempotency-Key: the same one again is answered as before, and makes nothing twice."""
        return _json(self.request("POST", path, json=body or {}, headers={"Idempotency-Key": once} if once else {}))

    def items(self, path: str, **params: str | int) -> Iterator[Json]:
        """All of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.get(path, **params, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Raises Refused, Conflict for a precondition that fails, or Unreachable."""
        if not self._session.access_token:
            self._renew("")
        for attempt in range(1, TRIES + 1):
            token = self._session.access_token
            answer = self._send(method, path, token, options)
            if answer.status_code == 401 and attempt == 1:
                self._renew(token)
            elif attempt < TRIES and _passes(answer):
                time.sleep(wait_of(answer))
            else:
                break
        if answer.status_code == 412:
            raise Conflict("It was changed on the server since you last had it: pull it first, or use --force.")
        if answer.is_error:
            raise Refused(answer)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            raise Unreachable(
                f"What answers at {self.server} is not a platform: does this network want a log-in first?"
            )
        return answer

    def _send(self, method: str, path: str, token: str, options: Json) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **options.get("headers", {})}
        try:
            return self._session.http.request(method, path, **{**options, "headers": headers})
        except httpx.TransportError as error:
            raise Unreachable.of(self.server, error) from error

    def _renew(self, used: str) -> None:
        """Once for all threads that met the same expired token."""
        with self._renewing:
            if self._session.access_token == used:
                self._session.renew()


def _passes(answer: httpx.Response) -> bool:
    """Whether it is worth waiting here: not where the server asks for longer than a person would."""
    is_busy = answer.status_code in BUSY and (answer.status_code != 409 or "Retry-After" in answer.headers)
    return is_busy and wait_of(answer) <= LONGEST_WAIT_SECONDS


def _json(answer: httpx.Response) -> Json:
    body: Json = answer.json() if answer.content else {}
    return body
