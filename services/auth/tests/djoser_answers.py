"""A real djoser with simplejwt: asked what comes on standard input, it answers on standard output.

A process of its own, for a process has one set of Django's settings. The user model is Django's own.
"""

import json
import re
import sys
from typing import Any

import django
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import include, path

_LINK = re.compile(r"/page/(\S+?)/([\w-]+)")

settings.configure(
    SECRET_KEY="of a process that nobody reaches and that ends with its test",
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "djoser"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    AUTH_PASSWORD_VALIDATORS=[{"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"}],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "TEST_REQUEST_DEFAULT_FORMAT": "json",
    },
    SIMPLE_JWT={"AUTH_HEADER_TYPES": ["Bearer"]},
    DJOSER={
        "SEND_ACTIVATION_EMAIL": True,
        "ACTIVATION_URL": "page/{uid}/{token}",
        "PASSWORD_RESET_CONFIRM_URL": "page/{uid}/{token}",
        "USERNAME_RESET_CONFIRM_URL": "page/{uid}/{token}",
    },
)
django.setup()
urlpatterns = [path("", include("djoser.urls")), path("", include("djoser.urls.jwt"))]


def main() -> None:
    """One answer for each request, in their order."""
    mail.outbox = []  # as Django's test runner does
    call_command("migrate", verbosity=0)
    known: dict[str, str] = {}
    json.dump([_answer(request, known) for request in json.load(sys.stdin)], sys.stdout)


def _answer(request: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    body = {name: known.get(value, value) for name, value in request["body"].items()}
    headers = {"Authorization": f"Bearer {known['$access']}"} if request["logged_in"] else {}
    client = Client(headers=headers)
    response = client.generic(
        request["method"], f"/{request['path']}/", json.dumps(body), content_type="application/json"
    )
    answered = json.loads(response.content or "{}")
    if "access" in answered:
        known["$access"] = answered["access"]
    while mail.outbox:
        if link := _LINK.search(str(mail.outbox.pop(0).body)):
            known |= {"$uid": link[1], "$token": link[2]}
    return {"status": response.status_code, "body": answered}


if __name__ == "__main__":
    main()
