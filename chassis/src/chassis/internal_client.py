"""Calls between services: ``/internal/…``, JSON, a service token, a deadline; the caller has a fallback."""

import json
from collections.abc import Iterator
from contextlib import closing
from functools import cached_property
from typing import IO, Any

import urllib3

from chassis import deadline, tracing
from chassis.logging import current_request_id
from chassis.service_credentials import Credentials, CredentialsUnavailable

CLIENT_ADDRESS_HEADER = "X-Client-Address"
"""The header that names whose request is served by a call, where the other service counts by address."""
CALLER_TOKEN_HEADER = "X-Caller-Authorization"  # noqa: S105  the name of a header
"""The Authorization of whose request is served by a call, where the other service decides by it."""


class InternalUnavailable(Exception):  # noqa: N818  said of the other service
    """The other service did not answer in time, or not with what it promises."""


class InternalNotFound(Exception):  # noqa: N818  said of the thing asked for
    """The other service answered, and does not have it."""


class InternalHeldBack(InternalUnavailable):
    """The other service takes no more of this for so many ``seconds``, as text."""

    def __init__(self, path: str, seconds: str) -> None:
        super().__init__(f"{path} answered 429")
        self.seconds = seconds


class InternalClient:
    """Calls one service. ``timeout`` is in seconds and for the whole call.

    Within a request whose answer nobody waits for as long, it is what is left of that; see ``chassis.deadline``.
    """

    def __init__(self, base_url: str, credentials: Credentials, timeout: float = 1.0) -> None:
        self._base_url = base_url
        self._credentials = credentials
        self._timeout = timeout

    def get_json(self, path: str, params: dict[str, str] | None = None) -> Any:
        """The decoded answer; raises InternalNotFound for 404, and InternalUnavailable for all else that is not 2xx.

        Its subclass InternalHeldBack stands for 429.
        """
        return self._call("GET", path, fields=params)

    def get_lines(self, path: str) -> Iterator[Any]:
        """Each line of the answer, decoded as it comes: the whole need not fit into memory, nor be there in time.

        Raises as get_json does, at the first line or where the answer breaks off.
        """
        with closing(self._answer("GET", path, preload_content=False)) as answer:
            try:
                for line in answer:
                    yield json.loads(line)
            except (urllib3.exceptions.HTTPError, ValueError) as error:
                raise InternalUnavailable(f"GET {path}: {type(error).__name__}") from error

    def post_json(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        """The decoded answer (None if there is none) to a JSON body; raises as get_json does."""
        sent = {"Content-Type": "application/json"} | (headers or {})
        return self._call("POST", path, body=json.dumps(body), headers=sent)

    def delete(self, path: str, params: dict[str, str] | None = None) -> None:
        """Ask for something to go; raises as get_json does."""
        self._call("DELETE", path, fields=params)

    def put_file(self, path: str, file: IO[bytes], size: int, headers: dict[str, str]) -> tuple[int, Any]:
        """Send a file of so many bytes, never all of it in memory; gives the status and the decoded answer.

        Raises InternalUnavailable where there is neither, and for an answer of 5xx.
        """
        sent = {"Content-Type": "application/octet-stream", "Content-Length": str(size)} | headers
        answer = self._send("PUT", path, body=file, headers=sent)
        if answer.status >= 500:
            raise InternalUnavailable(f"PUT {path} answered {answer.status}")
        return answer.status, _decoded("PUT", path, answer)

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        # made at the first call, so that no connection is shared over a fork
        return urllib3.PoolManager()

    def _seconds(self, call: str) -> float:
        left = deadline.seconds_left()
        if left == 0:
            raise InternalUnavailable(f"{call}: nobody waits for it any more")
        return self._timeout if left is None else min(self._timeout, left)

    def _call(self, method: str, path: str, **what: Any) -> Any:
        return _decoded(method, path, self._answer(method, path, **what))

    def _answer(self, method: str, path: str, **what: Any) -> urllib3.BaseHTTPResponse:
        answer = self._send(method, path, **what)
        if answer.status == 404:
            raise InternalNotFound(path)
        if answer.status == 429:
            raise InternalHeldBack(path, answer.headers.get("Retry-After", "1"))
        if not 200 <= answer.status < 300:
            raise InternalUnavailable(f"{method} {path} answered {answer.status}")
        return answer

    def _send(self, method: str, path: str, **what: Any) -> urllib3.BaseHTTPResponse:
        answer = self._send_once(method, path, **what)
        if answer.status == 401 and "invalid_token" in answer.headers.get("WWW-Authenticate", ""):
            self._credentials.forget()  # nothing was done, and the next token may have another key
            answer = self._send_once(method, path, **what)
        return answer

    def _send_once(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **what: Any
    ) -> urllib3.BaseHTTPResponse:
        seconds = self._seconds(f"{method} {path}")
        passed_on = {"X-Request-ID": current_request_id(), **tracing.headers()}
        sent = {"Accept": "application/json"} | (headers or {})
        sent |= {name: value for name, value in passed_on.items() if value}
        sent[deadline.HEADER] = str(int(seconds * 1000))
        if hasattr(what.get("body"), "seek"):
            what["body"].seek(0)
        try:
            sent |= self._credentials.headers()
            return self._pool.request(
                method,
                self._base_url + path,
                headers=sent,
                timeout=urllib3.Timeout(total=seconds),
                retries=False,
                redirect=False,
                **what,
            )
        except (urllib3.exceptions.HTTPError, CredentialsUnavailable) as error:
            raise InternalUnavailable(f"{method} {path}: {type(error).__name__}") from error


def _decoded(method: str, path: str, answer: urllib3.BaseHTTPResponse) -> Any:
    try:
        return answer.json() if answer.data else None
    except ValueError as error:
        raise InternalUnavailable(f"{method} {path}: {type(error).__name__}") from error
