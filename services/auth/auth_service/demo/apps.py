from functools import cache

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Has no models: it is an app for its condition of readiness."""

    name = "auth_service.demo"
    label = "demo"

    def ready(self) -> None:
        from chassis.django.health import health  # noqa: PLC0415

        from auth_service.demo.people import refuse_in_production  # noqa: PLC0415  models are not loaded before this

        health.check("demo accounts", cache(refuse_in_production))  # for a database that was away when we started
