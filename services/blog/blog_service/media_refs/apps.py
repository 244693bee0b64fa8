from django.apps import AppConfig


class MediaRefsConfig(AppConfig):
    name = "blog_service.media_refs"
