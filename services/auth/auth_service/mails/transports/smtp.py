"""Mails by SMTP (RFC 5321)."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from chassis.published_secrets import is_loopback

from auth_service.mails.transports.refusals import MailDeferred, MailRefused, MailServerAway

SCHEMES = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
"""With their ports: TLS once the server offers it, which it must but on loopback; TLS from the start; none at all."""
_TIMEOUT = 10  # seconds for each step
_PERMANENT = 500  # and above (RFC 5321, 4.2.1)


@contextmanager
def by_smtp(url: str) -> Iterator[Callable[[EmailMessage], None]]:
    """One connection for all mails of a round; raises MailServerAway."""
    with _away_when_broken(), _connected(urlsplit(url)) as server:
        yield lambda message: _deliver(server, message)


def _deliver(server: smtplib.SMTP, message: EmailMessage) -> None:
    with _away_when_broken():
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(next(iter(error.recipients.values()))[0]) from None
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError as error:  # a mailbox in Unicode, and a server without SMTPUTF8
            raise MailRefused(str(error)) from error


def _refusal(code: int) -> MailRefused | MailDeferred:
    """Without the server's words, which may name the mailbox."""
    return (MailRefused if code >= _PERMANENT else MailDeferred)(f"the server said {code}")


def _connected(parts: SplitResult) -> smtplib.SMTP:
    host, port, own_name = parts.hostname or "", parts.port or SCHEMES[parts.scheme], socket.gethostname()
    tls = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, own_name, timeout=_TIMEOUT, context=tls)
    else:
        server = smtplib.SMTP(host, port, own_name, timeout=_TIMEOUT)
    if parts.scheme == "smtp":
        _begin_tls(server, host, tls)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _begin_tls(server: smtplib.SMTP, host: str, tls: ssl.SSLContext) -> None:
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=tls)
    elif not is_loopback(host):
        server.close()
        raise MailServerAway(f"{host} offers no TLS; where nobody can listen on the way, say smtp+plain:")


@contextmanager
def _away_when_broken() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise MailServerAway(f"{type(error).__name__}: the server said {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerAway(f"{type(error).__name__}: {error}") from error
