from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Stands after the admin, whose pages are there by then."""

    name = "blog_service.staff"
    label = "staff"

    def ready(self) -> None:
        """Accounts and roles are auth's: nothing about them is changed here."""
        from django.contrib import admin  # noqa: PLC0415  models are not loaded before this
        from django.contrib.auth.models import Group, User  # noqa: PLC0415  as above

        admin.site.unregister([User, Group])
