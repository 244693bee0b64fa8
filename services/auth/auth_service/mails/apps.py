from django.apps import AppConfig


class MailsConfig(AppConfig):
    name = "auth_service.mails"
    label = "mails"
    verbose_name = "Mails"
