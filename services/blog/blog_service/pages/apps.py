from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Has no models: it is an app for its templates."""

    name = "blog_service.pages"
