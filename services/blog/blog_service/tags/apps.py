from django.apps import AppConfig


class TagsConfig(AppConfig):
    name = "blog_service.tags"
