"""Where the links in mails lead: to what the settings name, whatever host was asked."""

from datetime import datetime
from typing import NamedTuple

from auth_service.mailed_tokens.models import Purpose
from auth_service.mailed_tokens.services import token_issue
from auth_service.mails.models import Kind
from auth_service.settings import settings
from auth_service.users.models import User


class Target(NamedTuple):
    """The page of a kind of mail, and what its token is good for."""

    page: str
    purpose: Purpose


TARGETS = {
    Kind.ACTIVATION: Target("activate", Purpose.ACTIVATION),
    Kind.REGISTERED_AGAIN: Target("reset-password", Purpose.PASSWORD_RESET),
    Kind.PASSWORD_RESET: Target("reset-password", Purpose.PASSWORD_RESET),
    Kind.USERNAME_RESET: Target("reset-username", Purpose.USERNAME_RESET),
}


def link_make(kind: str, user: User, *, now: datetime) -> str:
    """The link of a mail to an account whose row is locked, with a new token; empty for a kind without one."""
    target = TARGETS.get(Kind(kind))
    if target is None:
        return ""
    return f"{settings().links_url}/{target.page}/{user.id}/{token_issue(user, target.purpose, now=now)}"
