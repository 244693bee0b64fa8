from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Has no models: it is an app for its pages in the admin."""

    name = "auth_service.moderation"
    label = "moderation"
