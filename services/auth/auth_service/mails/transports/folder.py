"""Mails as files, where there is no server: any mail program opens them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from auth_service.mails.transports.refusals import MailServerAway


@contextmanager
def into_folder(folder: Path) -> Iterator[Callable[[EmailMessage], None]]:
    """Write each mail to ``<folder>/<its id>.eml``, for nobody but the owner of the files to read."""

    def deliver(message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            half = folder / f".{name}.{os.getpid()}"
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes())
            half.replace(folder / f"{name}.eml")
        except OSError as error:
            raise MailServerAway(f"{folder}: {error.strerror}") from error

    yield deliver
