from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "blog_service.posts"

    def ready(self) -> None:
        from blog_service import openapi  # noqa: F401, PLC0415  drf-spectacular finds the scheme by its import
