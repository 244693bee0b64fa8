"""What a command that ends has to say: a sentence for whoever typed it, a line of the log where nobody did.

It imports little: pods begin with ``migrate``, many at once, and mostly have one sentence to say.
"""

import io
import json
import os
import sys
from contextlib import AbstractContextManager, nullcontext, redirect_stdout

from chassis.clock import format_timestamp, now


def announce(service: str, command: str, sentence: str) -> None:
    """Say it on standard output, in the shape of ``chassis.logging`` unless that is a terminal."""
    sys.stdout.write(sentence + "\n" if sys.stdout.isatty() else _line(service, command, sentence))
    sys.stdout.flush()


def announced(service: str, command: str) -> AbstractContextManager[object]:
    """Have every line that is printed in the block announced, for frameworks that print."""
    return nullcontext() if sys.stdout.isatty() else redirect_stdout(_Announced(service, command))


class _Announced(io.TextIOBase):
    def __init__(self, service: str, command: str) -> None:
        self._write = sys.stdout.write
        self._names = service, command
        self._begun = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            if line.strip():
                self._write(_line(*self._names, line.strip()))
        return len(text)


def _line(service: str, command: str, sentence: str) -> str:
    fields = {
        "ts": format_timestamp(now()),
        "level": "info",
        "service": service,
        "version": os.environ.get("RELEASE") or "dev",
        "env": os.environ.get("ENVIRONMENT") or "development",
        "process": command,
    }
    return json.dumps({**fields, "event": sentence}, ensure_ascii=False) + "\n"
