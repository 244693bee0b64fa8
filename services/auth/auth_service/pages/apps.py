from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Has no models: it is an app for its templates."""

    name = "auth_service.pages"
    label = "pages"
