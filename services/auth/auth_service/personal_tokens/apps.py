from django.apps import AppConfig


class PersonalTokensConfig(AppConfig):
    name = "auth_service.personal_tokens"
    label = "personal_tokens"
    verbose_name = "Personal access tokens"
