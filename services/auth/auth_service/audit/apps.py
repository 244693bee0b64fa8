from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "auth_service.audit"
    label = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from auth_service.audit import signals  # noqa: F401, PLC0415  connects them, and apps have to be loaded first
