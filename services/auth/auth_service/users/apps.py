from django.apps import AppConfig
from django.db.models import CharField
from django.db.models.functions import Lower


class UsersConfig(AppConfig):
    name = "auth_service.users"
    label = "users"
    verbose_name = "Accounts"

    def ready(self) -> None:
        # `username__lower=` asks for LOWER(username), which the unique indexes are made of; iexact would miss them
        CharField.register_lookup(Lower)
        from auth_service.users import signals  # noqa: F401, PLC0415 - connects the receivers
