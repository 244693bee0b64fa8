"""Mails for whoever watches the worker."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from auth_service.mails.listing import text_of


@contextmanager
def on_console() -> Iterator[Callable[[EmailMessage], None]]:
    """Print each mail's text to standard output."""
    yield lambda message: print(_shown(message), file=sys.stdout, flush=True)  # noqa: T201  this is what it is for


def _shown(message: EmailMessage) -> str:
    return f"To: {message['To']}\nSubject: {message['Subject']}\n\n{text_of(message)}"
