"""What an archive tells of an account, by table.

A table whose rows erasure knows to be somebody's, and that is in neither list, fails a test: whoever adds one says here
what its owner is told.
"""

from collections.abc import Mapping
from typing import Final

from chassis.django.exports import Part, rows
from django.contrib.admin.models import LogEntry

from auth_service.audit.models import AuditEntry
from auth_service.exports.models import Export
from auth_service.mailed_tokens.models import MailedToken
from auth_service.mails.models import Mail
from auth_service.personal_tokens.models import PersonalToken
from auth_service.sessions.models import Session
from auth_service.totp.models import Totp
from auth_service.users.models import EmailChange, FormerUsername, Profile, User

EXPORTED: Final = (
    Part(
        "users_user",
        "account",
        rows(
            User,
            *("id", "email", "email_confirmed", "username", "roles", "is_staff", "is_active", "activated"),
            *("created_at", "last_login", "deletes_at"),
            owner="id",
        ),
    ),
    Part("users_profile", "profile", rows(Profile, "bio", "avatar", "picture_url", "locale")),
    Part("users_formerusername", "former_usernames", rows(FormerUsername, "username", "held_until")),
    Part(
        "users_emailchange",
        "email_changes",
        rows(EmailChange, "old_email", "new_email", "created_at", "confirmed_at", "undo_until", "undone_at"),
    ),
    Part(
        "user_sessions_session",
        "sessions",
        rows(Session, "id", "created_at", "last_used_at", "expires_at", "user_agent", "ip", "ended_at", "ended_by"),
    ),
    Part(
        "personal_tokens_personaltoken",
        "personal_tokens",
        rows(PersonalToken, "id", "name", "scopes", "created_at", "expires_at", "last_used_at"),
    ),
    Part("totp_totp", "second_factor", rows(Totp, "created_at", "confirmed_at")),
    Part("audit_auditentry", "audit", rows(AuditEntry, "at", "action", "ip", "user_agent", "session_id", "detail")),
    Part("mails_mail", "mails", rows(Mail, "kind", "address", "state", "created_at", "done_at")),
    Part(
        "mailed_tokens_mailedtoken", "mailed_links", rows(MailedToken, "purpose", "created_at", "expires_at", "used_at")
    ),
    Part(
        "django_admin_log",
        "admin_log",
        rows(LogEntry, "action_time", "content_type__model", "object_id", "action_flag", "change_message"),
    ),
    Part("exports_export", "exports", rows(Export, "id", "requested_at", "expires_at")),
)
"""By table, the file in the archive, and its rows. No secret, nor what stands for one, is in it."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "chassis_events_walk": "where a job is",
    "django_session": "secrets of browsers, of some hours",
    "idempotency_key": "answers again, for a day",
    "mails_mailrequest": "an address that somebody typed, until the next job",
    "totp_recoverycode": "digests of secrets",
    "users_addressclaim": "a keyed hash",
}
"""Tables of which their owner is told nothing, and why."""
