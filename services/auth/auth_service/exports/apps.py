from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "auth_service.exports"
    label = "exports"
    verbose_name = "Exports"
