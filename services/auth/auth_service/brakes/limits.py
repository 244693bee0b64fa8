"""What is counted of each kind of attempt, and how far."""

from enum import StrEnum
from uuid import UUID

from auth_service.brakes.addresses import Client, key_of
from auth_service.brakes.stores import Count
from auth_service.settings import settings

_AT_HOME = 100  # times as much is let through from the loopback address, where tests and demos come from


class AttemptKind(StrEnum):
    """What is attempted."""

    LOG_IN = "log_in"
    PASSWORD = "password"  # noqa: S105  the current one, by somebody who is logged in
    TOTP = "totp"
    REGISTRATION = "registration"
    MAIL = "mail"
    TOKEN = "token"  # noqa: S105  of a mailed link, or to refresh or verify


def of_log_in(login_key: str, client: Client, *, known_to: UUID | None) -> list[Count]:
    """A client that the account knows is counted alone, so that strangers cannot lock it out.

    Strangers are counted by what they typed, be it an account's or not, and not by the account: that a name and an
    address are one account's must not show.
    """
    most = settings().wrong_passwords_per_account
    if known_to:
        return [_count(AttemptKind.LOG_IN, "device", f"{known_to} {client.network}", most)]
    return [
        _count(AttemptKind.LOG_IN, "account", login_key, most),
        _by_address(AttemptKind.LOG_IN, client, settings().wrong_passwords_per_address),
    ]


def of_password(holder: UUID) -> list[Count]:
    """By the session: who has stolen one cannot keep its owner, in another, from changing the password."""
    return [_count(AttemptKind.PASSWORD, "session", str(holder), settings().wrong_passwords_per_account)]


def of_totp(user_id: UUID, client: Client, *, is_known: bool) -> list[Count]:
    """Who knows the password and guesses codes holds back nobody at an address that the account knows."""
    subject = f"{user_id} {client.network if is_known else 'strangers'}"
    return [_count(AttemptKind.TOTP, "account", subject, settings().wrong_codes_per_account)]


def of_registration(client: Client) -> list[Count]:
    return [_by_address(AttemptKind.REGISTRATION, client, settings().registrations_per_address)]


def of_mail(email_key: str, client: Client) -> list[Count]:
    """By the mail address that was typed, be it an account's or not, from where: nobody elsewhere is held back by it.

    That no mailbox is filled from many places is for ``mail_queue`` to see to.
    """
    return [
        _count(AttemptKind.MAIL, "account", f"{email_key} {client.network}", settings().mails_per_account),
        _by_address(AttemptKind.MAIL, client, settings().mails_per_address),
    ]


def of_token(client: Client) -> list[Count]:
    return [_by_address(AttemptKind.TOKEN, client, settings().wrong_tokens_per_address)]


def _by_address(kind: AttemptKind, client: Client, most: int) -> Count:
    at_home = client.is_loopback and not settings().production
    return _count(kind, "address", client.network, most * _AT_HOME if at_home else most)


def _count(kind: AttemptKind, reason: str, subject: str, most: int) -> Count:
    return Count(reason, key_of(kind, reason, subject), most, settings().brake_seconds)
