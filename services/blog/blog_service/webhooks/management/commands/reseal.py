from typing import Any

from chassis.sealing import SealBroken
from django.core.management.base import BaseCommand, CommandError

from blog_service.webhooks.services.webhooks import webhooks_reseal


class Command(BaseCommand):
    help = "Encrypt the secrets of webhooks anew, under BLOG_WEBHOOK_KEY; then its fallback is needed no more."

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            count = webhooks_reseal()
        except SealBroken as broken:
            raise CommandError(
                f"The secrets of webhook {broken} can be read neither with BLOG_WEBHOOK_KEY nor with "
                "BLOG_WEBHOOK_KEY_FALLBACK."
            ) from None
        self.stdout.write(f"The secrets of {count} webhooks are under the present key.")
