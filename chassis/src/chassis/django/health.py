"""``livez``, ``readyz`` and ``metrics`` of a Django service; never routed to by the gateway."""

from functools import cache

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from chassis import metrics
from chassis.django.migrations import lacking
from chassis.health import Health


def _database_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache  # a schema does not go back under a running process
def _migrations_applied() -> None:
    packages = {app.label: app.name for app in apps.get_app_configs()}
    if lacking(packages, MigrationRecorder(connection).applied_migrations()):
        raise RuntimeError("migrations are waiting")


health = Health()
health.check("database", _database_answers)
health.check("migrations", _migrations_applied)


def livez(_request: HttpRequest) -> JsonResponse:
    """The process turns."""
    status, body = health.livez()
    return JsonResponse(body, status=status)


def readyz(_request: HttpRequest) -> JsonResponse:
    """The process may get traffic."""
    status, body = health.readyz()
    return JsonResponse(body, status=status)


def prometheus(_request: HttpRequest) -> HttpResponse:
    """The metrics in Prometheus' text form."""
    return HttpResponse(metrics.render(), content_type=metrics.CONTENT_TYPE)


urlpatterns = [path("livez", livez), path("readyz", readyz), path("metrics", prometheus)]
