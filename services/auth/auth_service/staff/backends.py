"""Who may use the admin: staff log in there as everybody logs in to the API."""

from typing import Any

from chassis.django.admin_login import code_of
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils import timezone

from auth_service.brakes.addresses import Client
from auth_service.totp.services import account_authenticate
from auth_service.users.models import User
from auth_service.users.services import LoginRefused


class AccountBackend(ModelBackend):
    """By e-mail or username, through the service of the API with all its rules and brakes."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        client = Client.of(request) if request else Client(None)
        try:
            return account_authenticate(
                login=username or "",
                password=password or "",
                totp=code_of(request),
                client=client,
                now=timezone.now(),
            )
        except LoginRefused:
            return None
