from django.apps import AppConfig


class FollowsConfig(AppConfig):
    name = "blog_service.follows"
