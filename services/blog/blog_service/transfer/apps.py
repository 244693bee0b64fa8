from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "blog_service.transfer"
