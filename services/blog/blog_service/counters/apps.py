from django.apps import AppConfig


class CountersConfig(AppConfig):
    name = "blog_service.counters"
