"""Who may use the admin: staff log in with their account of auth, whose password blog never keeps."""

from typing import Any
from uuid import UUID

from chassis.client_credentials import client_credentials
from chassis.django.admin_login import code_of
from chassis.internal_client import CLIENT_ADDRESS_HEADER, InternalClient, InternalHeldBack, InternalUnavailable
from chassis.problems import Problem
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest

from blog_service.settings import settings
from blog_service.staff.services import roles_of, staff_enter

LATEST = 2**63 - 1
"""For an auth of the release before, which does not tell the sequence."""
PERMISSIONS = {
    "editor": frozenset(
        f"posts.{verb}_{model}" for verb in ("view", "change", "delete") for model in ("post", "postimage")
    )
    | {"tags.view_tag", "tags.change_tag"},
    "moderator": frozenset(
        {"comments.view_comment", "comments.change_comment", "comments.view_report", "comments.view_decision"}
    ),
}
"""What each role may do; admins have every power."""


class AuthServiceBackend(ModelBackend):
    """Asks auth whose password it is, and lets editors and moderators in under the id of their account."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> Any:
        account = _account(username, password, request) if username and password else None
        if account is None:
            return None
        return staff_enter(
            UUID(account["user_id"]),
            username=account["username"],
            roles=account["roles"],
            sequence=account.get("sequence", LATEST),
        )

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """What their roles let them do; the tables of Django's permissions say nothing here."""
        if not (isinstance(user_obj, User) and user_obj.is_active and user_obj.is_staff and obj is None):
            return set()
        return set[str]().union(*(PERMISSIONS.get(role, ()) for role in roles_of(user_obj)))


def _account(login: str, password: str, request: HttpRequest | None) -> Any:
    """Raises Problem 429 where auth has seen too many wrong passwords, for the account or from the client."""
    client = request.META.get("REMOTE_ADDR", "") if request else ""
    auth = InternalClient(settings().auth_url, client_credentials(settings(), "auth"), timeout=5)
    try:
        headers = {CLIENT_ADDRESS_HEADER: client}
        typed = {"login": login, "password": password}
        if code := code_of(request):
            typed["totp"] = code
        return auth.post_json("/internal/credentials", typed, headers)
    except InternalHeldBack as held:
        waiting = {"Retry-After": held.seconds}
        raise Problem(429, "too_many_attempts", "Too many attempts; try again later.", headers=waiting) from None
    except InternalUnavailable:
        return None
