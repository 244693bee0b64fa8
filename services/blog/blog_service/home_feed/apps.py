from django.apps import AppConfig


class HomeFeedConfig(AppConfig):
    name = "blog_service.home_feed"
