from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "blog_service.webhooks"
