from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Has no models: it is an app for its pages in the admin. Stands after that, whose own pages are there by then."""

    name = "auth_service.moderation"
    label = "moderation"

    def ready(self) -> None:
        """Powers are given on the page of an account, by the own password: not to all of a group at once."""
        from django.contrib import admin  # noqa: PLC0415  models are not loaded before this
        from django.contrib.auth.models import Group  # noqa: PLC0415  as above

        admin.site.unregister(Group)
