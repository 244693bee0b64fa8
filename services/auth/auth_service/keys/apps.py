from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "auth_service.keys"
    label = "keys"
    verbose_name = "Signing keys"

    def ready(self) -> None:
        from chassis.django.health import health  # noqa: PLC0415

        from auth_service.keys.signing import check_signing_key  # noqa: PLC0415  models are not loaded before this

        health.check("signing key", check_signing_key)
