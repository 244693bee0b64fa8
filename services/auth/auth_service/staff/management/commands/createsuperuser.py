"""Django's command of this name takes a password from the environment, and knows none of our rules."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.core.management.base import CommandError


class Command(createsuperuser.Command):
    help = "Opens no account: `broadsheet auth create-admin` does."

    def handle(self, *_: Any, **__: Any) -> None:
        raise CommandError("Use `broadsheet auth create-admin`, which asks for the password.")
