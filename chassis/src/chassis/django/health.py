"""``livez``, ``readyz`` and ``metrics`` of a Django service; never routed to by the gateway."""

from functools import cache

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from chassis import metrics
from chassis.django.migrations import pending
from chassis.health import Health


def _database_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache  # a schema does not go back under a running process, and the plan is dear to make
def _migrations_applied() -> None:
    if pending():
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
