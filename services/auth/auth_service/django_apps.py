"""The Django apps of auth: their packages, by their labels.

They stand apart from the settings for ``migrate --wait``, which looks for their migrations and imports no more.
"""

from chassis.django.migrations import SHARED_APPS

APPS = {
    "users": "auth_service.users",
    "user_sessions": "auth_service.sessions",
    "keys": "auth_service.keys",
    "audit": "auth_service.audit",
    "deletions": "auth_service.deletions",
    "exports": "auth_service.exports",
    "mailed_tokens": "auth_service.mailed_tokens",
    "mails": "auth_service.mails",
    "brakes": "auth_service.brakes",
    "personal_tokens": "auth_service.personal_tokens",
    "totp": "auth_service.totp",
    "pages": "auth_service.pages",
    "outbox": "auth_service.outbox",
    "profiles": "auth_service.profiles",
    "staff": "auth_service.staff",
    "demo": "auth_service.demo",
    **SHARED_APPS,
    "chassis_idempotency": "chassis.django.idempotency",
    "moderation": "auth_service.moderation",
}
