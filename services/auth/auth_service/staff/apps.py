from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Has no models: it is an app for its commands."""

    name = "auth_service.staff"
    label = "staff"
