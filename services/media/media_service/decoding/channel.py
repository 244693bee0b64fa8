"""Messages as lines of JSON between two processes, the first with open files. Nothing that is read is ever run."""

import json
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

GIVE_WAY = "--give-way"
"""What the server of children is started with where requests go before it."""
MAX_BYTES = 64 * 1024
MAX_FILES = 4
Message = dict[str, Any]


class Channel:
    """One end of a pair of connected sockets; with ``seconds``, all that is said there may take no longer."""

    def __init__(self, connection: socket.socket, seconds: float | None = None) -> None:
        self.socket = connection
        self._read = b""
        self._until = None if seconds is None else time.monotonic() + seconds

    def extend(self, seconds: float) -> None:
        """Allow so many seconds more."""
        if self._until is not None:
            self._until += seconds

    def send(self, message: Message, files: Sequence[int] = ()) -> None:
        """Raises OSError; not where the other end is gone, for what it said last is still to be read."""
        self._hurry()
        line = json.dumps(message).encode() + b"\n"
        with suppress(BrokenPipeError):
            sent = socket.send_fds(self.socket, [line], files) if files else 0
            self.socket.sendall(line[sent:])

    def receive(self) -> Message:
        """The next message; raises EOFError when there will be none, TimeoutError, ValueError for what is none."""
        while b"\n" not in self._read:
            self._hurry()
            self._take(self.socket.recv(MAX_BYTES))
        return self._next()

    def receive_with_files(self) -> tuple[Message, list[int]]:
        """The next message, and the files that came with it."""
        files: list[int] = []
        while b"\n" not in self._read:
            data, more, _, _ = socket.recv_fds(self.socket, MAX_BYTES, MAX_FILES)
            files += more
            self._take(data)
        return self._next(), files

    def await_end(self) -> None:
        """Pass over what is still said, until nobody has the other end; raises TimeoutError."""
        with suppress(ConnectionResetError):
            self._hurry()
            while self.socket.recv(MAX_BYTES):
                self._hurry()

    def _hurry(self) -> None:
        """Let the next call on the socket take no longer than is left of the time."""
        if self._until is None:
            return
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("took too long")
        self.socket.settimeout(left)

    def _take(self, data: bytes) -> None:
        if not data:
            raise EOFError
        self._read += data
        if len(self._read) > MAX_BYTES:
            raise ValueError("a message has no end")

    def _next(self) -> Message:
        line, _, self._read = self._read.partition(b"\n")
        message = json.loads(line)
        if not isinstance(message, dict):
            raise ValueError("a message is no object")  # noqa: TRY004  it came from outside
        return message
