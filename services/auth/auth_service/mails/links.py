"""Where the links in mails lead: to what the settings name, whatever host was asked."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from auth_service.mailed_tokens.models import Purpose
from auth_service.mailed_tokens.services import LASTING, LIVES, token_issue
from auth_service.mails.models import Kind, Mail
from auth_service.settings import settings
from auth_service.users.models import User
from auth_service.users.selectors import email_change_pending


class Target(NamedTuple):
    """The page of a kind of mail, and what its token is good for."""

    page: str
    purpose: Purpose


TARGETS = {
    Kind.ACTIVATION: Target("activate", Purpose.ACTIVATION),
    Kind.REGISTERED_AGAIN: Target("reset-password", Purpose.PASSWORD_RESET),
    Kind.PASSWORD_RESET: Target("reset-password", Purpose.PASSWORD_RESET),
    Kind.EMAIL_CONFIRM: Target("confirm-email", Purpose.EMAIL_CONFIRM),
    Kind.EMAIL_CHANGING: Target("undo", Purpose.EMAIL_UNDO),
    Kind.USERNAME_RESET: Target("reset-username", Purpose.USERNAME_RESET),
}


OWN_LINKS: dict[Kind, Callable[[Mail], str]] = {}
"""Links that need no token of ours, put here by the room that knows them."""


def is_void(mail: Mail, user: User, *, now: datetime) -> bool:
    """Whether the link of a mail that was not sent yet must not come into being any more; what has none is sent.

    A mail may come late, for its server puts it off: it must not make void the link of one that was asked for later.
    """
    target = TARGETS.get(Kind(mail.kind))
    if target is None:
        return False
    if target.purpose in LASTING:
        return not user.email_changes.filter(id__in=[mail.about], undone_at=None).exists()
    if mail.credential_version != user.credential_version:
        return True
    if target.purpose is Purpose.EMAIL_CONFIRM:
        change = email_change_pending(user.id, asked_after=now - LIVES[target.purpose])
        return change is None or change.id != mail.about
    return _is_outdated(mail, target.purpose)


def _is_outdated(mail: Mail, purpose: Purpose) -> bool:
    """Whether the account was to get another link for the purpose later."""
    kinds = [kind for kind, target in TARGETS.items() if target.purpose is purpose]
    later = Q(created_at__gt=mail.created_at) | Q(created_at=mail.created_at, id__gt=mail.id)
    return Mail.objects.filter(later, user=mail.user_id, kind__in=kinds).exists()


def link_make(mail: Mail, user: User, *, now: datetime) -> str:
    """The link of a mail to an account whose row is locked, with a new token; empty for a kind without one."""
    kind = Kind(mail.kind)
    if own := OWN_LINKS.get(kind):
        return own(mail)
    target = TARGETS.get(kind)
    if target is None:
        return ""
    token = token_issue(user, target.purpose, about=mail.about, now=now)
    return f"{settings().links_url}/{target.page}/{user.id}/{token}"
