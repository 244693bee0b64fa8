"""Messages as lines of JSON between two processes, the first with open files. Nothing that is read is ever run."""

import json
import socket
from collections.abc import Sequence
from typing import Any

MAX_BYTES = 64 * 1024
MAX_FILES = 4
Message = dict[str, Any]


class Channel:
    """One end of a pair of connected sockets."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._read = b""

    def send(self, message: Message, files: Sequence[int] = ()) -> None:
        """Raises OSError when the other end is gone."""
        line = json.dumps(message).encode() + b"\n"
        sent = socket.send_fds(self.socket, [line], files) if files else 0
        self.socket.sendall(line[sent:])

    def receive(self) -> Message:
        """The next message; raises EOFError when there will be none, ValueError for what is no message."""
        while b"\n" not in self._read:
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
