from django.apps import AppConfig


class MailedTokensConfig(AppConfig):
    name = "auth_service.mailed_tokens"
    label = "mailed_tokens"
    verbose_name = "Mailed tokens"
