from django.apps import AppConfig


class TotpConfig(AppConfig):
    name = "auth_service.totp"
    label = "totp"
    verbose_name = "Second factors"
