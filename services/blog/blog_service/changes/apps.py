from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "blog_service.changes"
