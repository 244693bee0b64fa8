"""``livez``, ``readyz`` and ``metrics`` of a Django service; never routed to by the gateway."""

from collections.abc import Callable
from functools import cache

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import ResolverMatch, path

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


def prometheus(request: HttpRequest) -> HttpResponse:
    """The metrics, in the form that the scraper takes."""
    page, content_type = metrics.render(request.headers.get("Accept", ""))
    return HttpResponse(page, content_type=content_type)


_ALIVE = ResolverMatch(livez, (), {}, route="livez")


def livez_first(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: what asks whether the process turns is spared those behind it, which are for people and programs."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/livez":
            request.resolver_match = _ALIVE
            return livez(request)
        return get_response(request)

    return middleware


urlpatterns = [path("livez", livez), path("readyz", readyz), path("metrics", prometheus)]
