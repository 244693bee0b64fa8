"""The public API for one account: version 2, unless a path names another."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx

from broadsheet_cli.errors import Conflict, NotLoggedIn, Refused, wait_of
from broadsheet_cli.sessions import Session

Json = dict[str, Any]
LONGEST_WAIT_SECONDS = 60
LONGEST_CLAIM_SECONDS = 90
"""409 with Retry-After is that the same request still goes on there: if its process died, for a minute and more."""
BUSY = {429, 503}
MAKE_REPEATABLE = {"Idempotency-Key", "If-Match", "Upload-Offset"}


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
        """Raises Refused, Conflict for a precondition that fails, NotLoggedIn, or Unreachable."""
        if not self._session.access_token:
            self._renew("")
        waits: list[float] = []
        renewed = False
        while True:
            token = self._session.access_token
            answer = self._send(method, path, token, options)
            if answer.status_code == 401 and not renewed:
                self._renew(token)
                renewed = True
            elif (wait := _wait(answer, waits)) is not None:
                waits.append(wait)
                time.sleep(wait)
            else:
                break
        if answer.status_code == 412:
            raise Conflict("It was changed on the server since you last had it: pull it first, or use --force.")
        if answer.status_code == 401:
            raise NotLoggedIn(f"{Refused(answer)} `broadsheet-cli login`, and run it again.")
        if answer.is_error:
            raise Refused(answer)
        return answer

    def _send(self, method: str, path: str, token: str, options: Json) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", **options.get("headers", {})}
        repeatable = method in {"GET", "HEAD"} or not MAKE_REPEATABLE.isdisjoint(headers)
        return self._session.ask(method, path, repeatable=repeatable, **{**options, "headers": headers})

    def _renew(self, used: str) -> None:
        """Once for all threads that met the same expired token."""
        with self._renewing:
            if self._session.access_token == used:
                self._session.renew()


def _wait(answer: httpx.Response, before: list[float]) -> float | None:
    """For how long to wait here; None where that would be longer, with those ``before``, than a person would.

    Longer each time: several that wait at once come back at once, and there may be room for some of them only.
    """
    is_claim = answer.status_code == 409 and "Retry-After" in answer.headers
    if not is_claim and answer.status_code not in BUSY:
        return None
    wait = max(wait_of(answer), float(len(before)))
    return wait if sum(before) + wait <= (LONGEST_CLAIM_SECONDS if is_claim else LONGEST_WAIT_SECONDS) else None


def _json(answer: httpx.Response) -> Json:
    body: Json = answer.json() if answer.content else {}
    return body
