"""The mails that lie in the folder, for whoever tries the platform without a mail server."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

_LINK = re.compile(r"^https?://\S+$", re.MULTILINE)


def mails_in(folder: Path) -> list[EmailMessage]:
    """Oldest first."""
    return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted(folder.glob("*.eml"))]


def text_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


def described(message: EmailMessage) -> Iterator[str]:
    """A line about a mail, and one for each link in it."""
    yield f"{message['Date'].datetime:%F %T}  {message['To']}  {message['Subject']}"
    yield from (f"    {link}" for link in _LINK.findall(text_of(message)))
