from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "auth_service.outbox"
    label = "outbox"
    verbose_name = "Outbox"
