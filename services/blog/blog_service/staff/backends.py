"""Who may use the admin: staff log in with their account of auth, whose password blog never keeps."""

from typing import Any

from chassis.django.authentication import verifier
from chassis.internal_client import InternalClient, InternalUnavailable
from chassis.problems import Problem
from chassis.tokens import Claims
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX as NO_PASSWORD
from django.contrib.auth.models import User
from django.http import HttpRequest

from blog_service.posts.access import EDITING_ROLES
from blog_service.settings import settings


class AuthServiceBackend(ModelBackend):
    """Asks auth for a token and lets editors in, under the id of their account."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002  Django names it
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> Any:
        claims = _claims(username, password) if username and password else None
        if claims is None or claims.roles.isdisjoint(EDITING_ROLES):
            return None
        staff, _created = User.objects.update_or_create(
            username=str(claims.sub),
            defaults={"password": NO_PASSWORD, "first_name": claims.username, "is_staff": True, "is_superuser": True},
        )
        return staff


def _claims(login: str, password: str) -> Claims | None:
    auth = InternalClient(settings().auth_url, settings().service_token, timeout=5)
    try:
        tokens = auth.post_json("/api/v1/auth/jwt/create", {"login": login, "password": password})
        return verifier().verify(tokens["access"])
    except (InternalUnavailable, Problem):
        return None
