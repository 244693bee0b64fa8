from django.apps import AppConfig


class ErasedConfig(AppConfig):
    name = "blog_service.erased"
