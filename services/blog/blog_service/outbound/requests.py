"""One request to where a user pointed: to a checked address, within a time and a size, following nothing."""

import io
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import create_connection, socket
from typing import Any, cast

from blog_service.outbound.targets import Target
from blog_service.settings import settings

SECONDS = 10.0
"""From the first packet to the last byte that is read."""


class NoAnswer(Exception):  # noqa: N818  says what happened
    """Nobody answered in HTTP and in time; ``reason`` is a word of ours, never theirs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is as much as was asked for, ``is_whole`` whether it was all."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    is_whole: bool = True


def ask(  # noqa: PLR0913  all of a request is in one place
    target: Target,
    method: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    most: int = 0,
    seconds: float = SECONDS,
) -> Answer:
    """What a target answers, of its body at most so many bytes; raises NoAnswer.

    No proxy, cookie or credential of ours takes part, and no redirect is followed: 3xx is an answer as any.
    """
    connection = _Connection(target, time.monotonic() + seconds)
    sent = {"User-Agent": f"Broadsheet/{settings().release}", "Accept-Encoding": "identity", "Connection": "close"}
    try:
        connection.request(method, target.path, body=body or None, headers=sent | dict(headers))
        return _read(connection.getresponse(), most)
    except TimeoutError as error:
        raise NoAnswer("timed_out") from error
    except ssl.SSLError as error:
        raise NoAnswer("tls_failed") from error
    except OSError as error:
        raise NoAnswer("unreachable") from error
    except (HTTPException, ValueError) as error:
        raise NoAnswer("not_http") from error
    finally:
        connection.close()


def _read(response: HTTPResponse, most: int) -> Answer:
    body = response.read(most + 1) if most else b""
    return Answer(response.status, dict(response.headers), body[:most], is_whole=len(body) <= most)


class _Connection(HTTPConnection):
    """Connects to an address that was checked, and tells the other side the name that was asked for."""

    def __init__(self, target: Target, until: float) -> None:
        super().__init__(target.host, target.port)
        self._target = target
        self._until = until
        if target.is_secure:
            self.default_port = 443  # which the Host header then leaves out

    def connect(self) -> None:
        plain = self._reach()
        try:
            plain.settimeout(_left(self._until))
            name = self._target.host
            connected = _tls().wrap_socket(plain, server_hostname=name) if self._target.is_secure else plain
        except BaseException:
            plain.close()
            raise
        self.sock = cast("Any", _Bounded(connected, self._until))

    def _reach(self) -> socket:
        for address in self._target.addresses[:-1]:
            try:
                return create_connection((address, self._target.port), timeout=_left(self._until))
            except OSError:  # the next one, while there is time
                continue
        return create_connection((self._target.addresses[-1], self._target.port), timeout=_left(self._until))


class _Bounded:
    """A socket on which everything together ends at a moment, however slowly the other side drips."""

    def __init__(self, connected: socket, until: float) -> None:
        self._socket = connected
        self._until = until
        self._is_read = False

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(_left(self._until))
        self._socket.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        self._is_read = True
        return io.BufferedReader(_Reading(self._socket, self._until))

    def close(self) -> None:
        """An answer is read after the connection was given up, and closes the socket itself."""
        if not self._is_read:
            self._socket.close()


class _Reading(io.RawIOBase):
    def __init__(self, connected: socket, until: float) -> None:
        self._socket = connected
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(_left(self._until))
        return self._socket.recv_into(buffer)

    def close(self) -> None:
        self._socket.close()
        super().close()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
