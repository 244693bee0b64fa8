"""How mails leave: by SMTP, onto the console, or into a folder."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from email.message import EmailMessage
from urllib.parse import urlsplit

from auth_service.mails.transports.console import on_console
from auth_service.mails.transports.folder import into_folder
from auth_service.mails.transports.smtp import SCHEMES, by_smtp
from auth_service.settings import AuthSettings

Deliver = Callable[[EmailMessage], None]
"""Hands a mail over; raises MailRefused, MailDeferred or MailServerAway."""


def transport(settings: AuthSettings) -> AbstractContextManager[Deliver]:
    """What AUTH_MAIL_URL names, ready to deliver; raises MailServerAway."""
    scheme = urlsplit(settings.mail_url).scheme
    if scheme in SCHEMES:
        return by_smtp(settings.mail_url)
    return on_console() if scheme == "console" else into_folder(settings.var_dir / "mail")
