from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "blog_service.erasure"
