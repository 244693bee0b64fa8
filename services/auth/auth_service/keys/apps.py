from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class KeysConfig(AppConfig):
    name = "auth_service.keys"
    label = "keys"
    verbose_name = "Signing keys"

    def ready(self) -> None:
        from chassis.django.health import health  # noqa: PLC0415

        from auth_service.keys.document import document  # noqa: PLC0415  as below
        from auth_service.keys.models import SigningKey  # noqa: PLC0415  models are not loaded before this
        from auth_service.keys.signing import check_signing_key, in_use  # noqa: PLC0415  as above

        health.check("signing key", check_signing_key)
        for changed in (post_save, post_delete):
            changed.connect(in_use.forget, SigningKey)
            changed.connect(document.forget, SigningKey)
