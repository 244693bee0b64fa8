"""Every table of auth, and what becomes of its rows when an account is erased.

A table that is in neither list fails a test: whoever adds one says here what is to be done.
"""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from chassis.django.admin_log_ins import log_ins_delete
from chassis.django.idempotency.models import IdempotencyKey
from chassis.events.databases.django_app.models import Walk
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from auth_service.audit.models import AuditEntry
from auth_service.exports.models import Export
from auth_service.mailed_tokens.models import MailedToken
from auth_service.mails.models import Mail, MailRequest
from auth_service.personal_tokens.models import PersonalToken
from auth_service.sessions.models import Session
from auth_service.totp.models import RecoveryCode, Totp
from auth_service.users.models import AddressClaim, EmailChange, FormerUsername, Profile, User
from auth_service.users.unique_keys import email_key

Erase = Callable[[UUID], int]


def _addresses(user_id: UUID) -> set[str]:
    """The keys of the addresses that are theirs or were; what they only asked for may be somebody else's."""
    present = User.objects.filter(id=user_id).values_list("email_key", flat=True)
    former = EmailChange.objects.filter(user_id=user_id).values_list("old_key", flat=True)
    return {key for key in (*present, *former) if key}


def _mails(user_id: UUID) -> int:
    """To them, whoever's account it was about."""
    return Mail.objects.filter(Q(user_id=user_id) | Q(address_key__in=_addresses(user_id))).delete()[0]


def _requests(user_id: UUID) -> int:
    """Mails that were asked for to their addresses, whoever did."""
    return MailRequest.objects.filter(address_key__in=_addresses(user_id)).delete()[0]


def _email_changes(user_id: UUID) -> int:
    """Their own, and those of others who asked for an address of theirs. There are as many as some days see."""
    theirs = _addresses(user_id)
    others = EmailChange.objects.exclude(user_id=user_id).filter(confirmed_at=None).values_list("id", "new_email")
    asked = [change_id for change_id, email in others.iterator() if email_key(email) in theirs]
    return EmailChange.objects.filter(Q(user_id=user_id) | Q(id__in=asked)).delete()[0]


def _cookies(user_id: UUID) -> int:
    return log_ins_delete({str(user_id)})


def _admin_log(user_id: UUID) -> int:
    """What they did in the admin, and what was done to their account there."""
    accounts = ContentType.objects.get_for_models(User, Profile).values()
    about = LogEntry.objects.filter(content_type__in=accounts, object_id=str(user_id))
    return about.delete()[0] + LogEntry.objects.filter(user_id=user_id).delete()[0]


def _audit_log(user_id: UUID) -> int:
    """Their own entries; in those of others nobody has done it."""
    made_nobodys = AuditEntry.objects.filter(actor=user_id).exclude(user_id=user_id).update(actor=None)
    return AuditEntry.objects.filter(user_id=user_id).delete()[0] + made_nobodys


def _account(user_id: UUID) -> int:
    """With it go groups and permissions, which say nothing without it."""
    user = User.objects.filter(id=user_id)
    return len([one.delete() for one in user])


ERASED: Final[Mapping[str, Erase]] = {
    "user_sessions_session": lambda user_id: Session.objects.filter(user_id=user_id).delete()[0],
    "personal_tokens_personaltoken": lambda user_id: PersonalToken.objects.filter(user_id=user_id).delete()[0],
    "mailed_tokens_mailedtoken": lambda user_id: MailedToken.objects.filter(user_id=user_id).delete()[0],
    "mails_mail": _mails,
    "mails_mailrequest": _requests,
    "audit_auditentry": _audit_log,
    "django_admin_log": _admin_log,
    "django_session": _cookies,
    "exports_export": lambda user_id: Export.objects.filter(user_id=user_id).delete()[0],
    "totp_totp": lambda user_id: Totp.objects.filter(user_id=user_id).delete()[0],
    "totp_recoverycode": lambda user_id: RecoveryCode.objects.filter(user_id=user_id).delete()[0],
    "users_addressclaim": lambda user_id: AddressClaim.objects.filter(user_id=user_id).delete()[0],
    "users_formerusername": lambda user_id: FormerUsername.objects.filter(user_id=user_id).delete()[0],
    "users_emailchange": _email_changes,
    "idempotency_key": lambda user_id: IdempotencyKey.objects.filter(caller=str(user_id)).delete()[0],
    "users_profile": lambda user_id: Profile.objects.filter(user_id=user_id).delete()[0],
    "users_user": _account,
    "chassis_events_walk": lambda user_id: Walk.objects.filter(after=user_id).update(after=UUID(int=0)),
}
"""In this order, by table: what erases its rows, or makes them nobody's, and gives how many."""

NOBODYS: Final[Mapping[str, str]] = {
    "auth_group": "powers in the admin",
    "auth_group_permissions": "powers in the admin",
    "auth_permission": "powers in the admin",
    "users_user_groups": "goes with its account",
    "users_user_user_permissions": "goes with its account",
    "brakes_attemptcount": "its keys are keyed hashes, and end by themselves",
    "deletions_deletion": "forgets the account when all services have answered",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "keys_signingkey": "keys",
    "outbox_event": "forgotten when all services have answered",
    "outbox_shard": "numbers",
    "inbox_event": "forgotten when all services have answered",
}
"""Tables that are left as they are, and why."""
