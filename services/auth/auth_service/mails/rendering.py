"""Mails in words: one text a mail and language, from which subject, plain text and HTML come."""

import contextlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

import idna

from auth_service.mails.html import as_html
from auth_service.mails.models import Mail
from auth_service.settings import settings
from auth_service.users.models import User

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = tuple(sorted(folder.name for folder in TEXTS.iterdir()))
_ENGLISH = "en"


def render(mail: Mail, user: User, *, link: str, ip: str | None = None) -> EmailMessage:
    """The message, in the language of the account if we speak it.

    ``link`` has the token; ``ip`` is from where somebody logged in, if the mail tells of that.
    """
    language = language_of(user.profile.locale)
    facts = {
        "username": user.username,
        "address": mail.address,
        "undo_days": settings().email_undo_days,
        "deletion_days": settings().deletion_days,
    }
    said = _text(language, mail.kind).substitute(facts, link=link, ip=ip or "?", at=f"{mail.created_at:%F %H:%M} UTC")
    subject, _, text = said.partition("\n\n")
    message = EmailMessage()
    message["From"] = settings().mail_sender
    message["To"] = _recipient(mail.address)
    message["Subject"] = subject
    message["Date"] = format_datetime(mail.created_at)
    # the same at each attempt, for receivers to tell a mail that came twice
    message["Message-ID"] = f"<{mail.id}@{urlsplit(settings().public_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(text)
    message.add_alternative(as_html(text, subject=subject, language=language), subtype="html")
    message["Content-Language"] = language  # last, for new content drops it
    return message


def language_of(locale: str) -> str:
    """``de`` for ``de-AT``; English where we do not speak the language."""
    language = locale.partition("-")[0].lower()
    return language if language in LANGUAGES else _ENGLISH


@cache
def _text(language: str, kind: str) -> Template:
    return Template((TEXTS / language / f"{kind}.txt").read_text())


def _recipient(address: str) -> Address:
    """With the domain in ASCII (RFC 5891), as old servers need it; a mailbox may still take SMTPUTF8."""
    mailbox, _, domain = address.rpartition("@")
    with contextlib.suppress(idna.IDNAError):  # else the server shall say that it knows no such domain
        domain = idna.encode(domain, uts46=True).decode()
    return Address(username=mailbox, domain=domain)
