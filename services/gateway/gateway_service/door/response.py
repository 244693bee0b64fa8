"""The bytes of an answer: its head, and its body framed so that its end is never in doubt (RFC 9112, 6)."""

import time
from collections.abc import Iterable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from gateway_service.messages import Header

_REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
_BODILESS = frozenset({204, 304})
_WRONG_LENGTH = "the body is not as long as its content-length"


class ResponseEncoder:
    """``keep``: whether the connection may serve another request afterwards."""

    begun = False
    complete = False
    _chunked = False
    _left: int | None = None  # of the length announced

    def __init__(self, *, head_only: bool, keep: bool) -> None:
        self._silent = head_only
        self.keep = keep

    def begin(self, status: int, headers: Iterable[Header]) -> None:
        """What the head will say; it goes with the first part."""
        self._status = status
        self._headers = headers

    def whole(self, status: int, headers: Iterable[Header], body: bytes) -> bytes:
        """What to send for a response whose body is here. Raises ValueError as ``part``."""
        self.begin(status, headers)
        head = self._head(len(body), chunks=False)
        if self._silent:
            data = head
        elif len(body) == self._left:
            data = head + body
        else:
            raise ValueError(_WRONG_LENGTH)
        self.begun = self.complete = True
        return data

    def part(self, body: bytes, *, last: bool, chunks: bool) -> bytes:
        """What to send for a part of the body. ``chunks``: the client knows them.

        Raises ValueError if it is not the answer that was announced.
        """
        head = b"" if self.begun else self._head(len(body) if last else None, chunks=chunks)
        data = head if self._silent else head + self._framed(body, last=last)
        self.begun, self.complete = True, last
        return data

    def _framed(self, body: bytes, *, last: bool) -> bytes:
        if self._chunked:
            chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            return chunk + b"0\r\n\r\n" if last else chunk
        if self._left is not None:
            self._left -= len(body)
            if self._left < 0 or (last and self._left):
                raise ValueError(_WRONG_LENGTH)
        return body

    def _head(self, whole: int | None, *, chunks: bool) -> bytes:
        status, headers = self._status, self._headers
        fields = dict(headers)
        self._silent = self._silent or status in _BODILESS
        if b"content-length" in fields:
            if status == 204:  # RFC 9110, 8.6
                headers = [header for header in headers if header[0] != b"content-length"]
            self._left = int(fields[b"content-length"])
        if b"connection" in fields and b"close" in fields[b"connection"].lower():
            self.keep = False
        lines = [_status_line(status), *map(b": ".join, headers)]
        if self._left is None and not self._silent:
            self._frame(lines, whole, chunks=chunks)
        if b"date" not in fields:
            lines.append(_date(int(time.time())))
        if not self.keep and b"connection" not in fields:
            lines.append(b"connection: close")
        head = b"\r\n".join(lines)
        if head.count(b"\n") >= len(lines) or head.count(b"\r") >= len(lines):
            raise ValueError("a header of the answer has more than one line")
        return head + b"\r\n\r\n"

    def _frame(self, lines: list[bytes], whole: int | None, *, chunks: bool) -> None:
        """Say how the end is told where no length is announced."""
        if whole is not None:
            self._left = whole
            lines.append(b"content-length: %d" % whole)
        elif chunks:
            self._chunked = True
            lines.append(b"transfer-encoding: chunked")
        else:
            self.keep = False  # HTTP/1.0: the end of the connection


@lru_cache(maxsize=200)
def _status_line(status: int) -> bytes:
    return b"HTTP/1.1 %d %b" % (status, _REASONS.get(status, b""))


@lru_cache(maxsize=2)
def _date(second: int) -> bytes:
    return b"date: " + formatdate(second, usegmt=True).encode()
