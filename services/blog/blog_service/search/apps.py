from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "blog_service.search"
