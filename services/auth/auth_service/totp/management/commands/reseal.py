from typing import Any

from django.core.management.base import BaseCommand, CommandError

from auth_service.keys.encryption import KeyUnreadable
from auth_service.keys.services import signing_keys_reseal
from auth_service.totp.services import factors_reseal


class Command(BaseCommand):
    help = "Encrypt all that is encrypted anew, under AUTH_KEY_ENCRYPTION_KEY; then its fallback is needed no more."

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            keys, factors = signing_keys_reseal(), factors_reseal()
        except KeyUnreadable as error:
            raise CommandError(f"{error.detail} or AUTH_KEY_ENCRYPTION_KEY_FALLBACK.") from None
        self.stdout.write(f"{keys} signing keys and {factors} second factors are under the present key.")
