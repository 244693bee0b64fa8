from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from auth_service.keys.models import SigningKey
from auth_service.keys.services import RotationUnderWay, signing_key_revoke, signing_keys_rotate


class Command(BaseCommand):
    help = "Publish the next signing key; it signs once every verifier has had time to see it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--revoke", metavar="KID", help="withdraw this key at once, because it has leaked")

    def handle(self, *_: Any, revoke: str | None, **__: Any) -> None:
        if revoke:
            self._revoke(revoke)
            return
        try:
            key = signing_keys_rotate(now=timezone.now())
        except RotationUnderWay as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"{key.kid} is published and signs from {key.active_from:%F %T} UTC.")

    def _revoke(self, kid: str) -> None:
        try:
            key = signing_key_revoke(kid, now=timezone.now())
        except SigningKey.DoesNotExist:
            known = ", ".join(SigningKey.objects.values_list("kid", flat=True))
            raise CommandError(f"There is no key {kid}; there are {known or 'none'}.") from None
        self.stdout.write(f"{kid} is withdrawn; {key.kid} signs. Whoever has a token of it refreshes it.")
