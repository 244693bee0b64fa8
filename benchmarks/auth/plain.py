"""What a plain Django project has instead: simplejwt's rotating refresh tokens with its blacklist, and an empty view.

Run as a program it makes its tables in the database of PLAIN_DATABASE_URL, and an account.
"""

import os
from typing import Any

import django
from chassis.django.settings import database
from django.conf import settings

from tests.support.api import PASSWORD


def _database(url: str) -> dict[str, Any]:
    """With the connections kept, as every guide to Django in production says, and not looked at before use."""
    kept: dict[str, Any] = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False, "OPTIONS": {}}
    return database(url, "PLAIN_DATABASE_URL") | kept


settings.configure(
    SECRET_KEY="of a process that ends with its benchmark, as long as HS256 wants it",  # noqa: S106
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": _database(os.environ["PLAIN_DATABASE_URL"])},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        *("django.contrib.auth", "django.contrib.contenttypes", "rest_framework"),
        "rest_framework_simplejwt.token_blacklist",
    ],
    MIDDLEWARE=[  # those of `startproject` that an API needs
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    SIMPLE_JWT={"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True},
    ROOT_URLCONF=__name__,
    TIME_ZONE="UTC",
    USE_TZ=True,
)
django.setup()

from django.core.management import call_command  # noqa: E402  settings are there now
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView  # noqa: E402


def empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("empty", empty),
    path("token", TokenObtainPairView.as_view()),
    path("token/refresh", TokenRefreshView.as_view()),
]
application = get_wsgi_application()


if __name__ == "__main__":
    from django.contrib.auth.models import User

    call_command("migrate", verbosity=0)
    User.objects.create_user("alice", password=PASSWORD)
