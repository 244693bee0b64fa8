from django.apps import AppConfig
from django.db.models import CharField
from django.db.models.functions import Lower


class AuthorsConfig(AppConfig):
    name = "blog_service.authors"

    def ready(self) -> None:
        # `username__lower=` asks for LOWER(username), the expression of the index; iexact would miss it.
        CharField.register_lookup(Lower)
