from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from auth_service.keys.services import RotationUnderWay, signing_keys_rotate


class Command(BaseCommand):
    help = "Publish the next signing key; it signs once every verifier has had time to see it."

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            key = signing_keys_rotate(now=timezone.now())
        except RotationUnderWay as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"{key.kid} is published and signs from {key.active_from:%F %T} UTC.")
