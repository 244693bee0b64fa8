from django.apps import AppConfig


class SentPicturesConfig(AppConfig):
    name = "blog_service.sent_pictures"
