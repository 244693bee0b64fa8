from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "blog_service.comments"
