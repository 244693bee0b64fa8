"""Who may use the admin: staff log in there as everybody logs in to the API."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from auth_service.users.models import User
from auth_service.users.services import LoginRefused, user_authenticate


class AccountBackend(ModelBackend):
    """By e-mail or username, through the service of the API with all its rules."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002  Django names it
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        try:
            return user_authenticate(login=username or "", password=password or "")
        except LoginRefused:
            return None
