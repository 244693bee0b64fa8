"""The jobs of auth, and when they run."""

import os

from celery.schedules import crontab
from chassis.jobs import celery_app

from auth_service.settings import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auth_service.django_settings")

app = celery_app(
    settings(),
    tasks=["auth_service.avatars.tasks", "auth_service.sessions.tasks", "auth_service.users.tasks"],
    schedule={
        "avatars-reconcile": {"task": "avatars_reconcile", "schedule": 300},
        "sessions-delete-expired": {"task": "sessions_delete_expired", "schedule": crontab(minute="17")},
        "users-fill-keys": {"task": "users_fill_keys", "schedule": 60},
    },
)
