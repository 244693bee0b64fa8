from django.apps import AppConfig


class BrakesConfig(AppConfig):
    name = "auth_service.brakes"
    label = "brakes"
    verbose_name = "Brakes"
