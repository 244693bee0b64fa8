"""The jobs of auth, and when they run."""

import os

from celery.schedules import crontab
from chassis.jobs import celery_app

from auth_service.settings import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auth_service.django_settings")

app = celery_app(
    settings(),
    tasks=[
        f"auth_service.{room}.tasks"
        for room in (
            "audit",
            "avatars",
            "brakes",
            "emails",
            "erasure",
            "exports",
            "mails",
            "personal_tokens",
            "registration",
            "sessions",
            "usernames",
            "users",
        )
    ],
    schedule={
        "accounts-purge": {"task": "accounts_purge", "schedule": crontab(minute="27")},
        "attempts-forget": {"task": "attempts_forget", "schedule": 600},
        "audit-delete-old": {"task": "audit_delete_old", "schedule": crontab(minute="7")},
        "avatars-reconcile": {"task": "avatars_reconcile", "schedule": 300},
        "deletions-advance": {"task": "deletions_advance", "schedule": 60},
        "email-changes-forget": {"task": "email_changes_forget", "schedule": crontab(minute="57")},
        "exports-forget": {"task": "exports_forget", "schedule": crontab(minute="12")},
        "mails-send": {"task": "mails_send", "schedule": 30},
        "mails-delete-old": {"task": "mails_delete_old", "schedule": crontab(minute="47")},
        "personal-tokens-delete-expired": {"task": "personal_tokens_delete_expired", "schedule": crontab(minute="3")},
        "sessions-delete-expired": {"task": "sessions_delete_expired", "schedule": crontab(minute="17")},
        "usernames-release": {"task": "usernames_release", "schedule": crontab(minute="37")},
        "users-fill-keys": {"task": "users_fill_keys", "schedule": 60},
    },
    outbox_url=settings().database_url,
)
