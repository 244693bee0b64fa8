from django.apps import AppConfig


class DeletionsConfig(AppConfig):
    name = "auth_service.deletions"
    label = "deletions"
    verbose_name = "Deletions"
