"""Log-ins to the admin, wherever they are kept."""

from collections.abc import Callable
from typing import get_args

import pytest
from auth_service.erasure.tables import ERASED
from auth_service.moderation.services import user_powers_change, user_reactivate, user_suspend
from auth_service.passwords.services import password_replace
from auth_service.settings import settings as auth_settings
from auth_service.testing import PASSWORD
from auth_service.users.models import User
from chassis.django.settings import session_engine
from chassis.settings import AdminSessions, SettingsError
from django.contrib.sessions.models import Session as Cookie
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

PAGE = "/admin/users/user/"


@pytest.fixture(params=get_args(AdminSessions))
def kept(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Where log-ins are kept."""
    name: str = request.param
    settings.SESSION_ENGINE = session_engine(auth_settings().model_copy(update={"admin_sessions": name}))
    return name


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_superuser(email="dana@example.org", username="dana", password=PASSWORD)


def logged_in() -> Client:
    client = Client()
    client.post("/admin/login/", {"username": "dana", "password": PASSWORD})
    assert client.get(PAGE).status_code == 200
    return client


def test_staff_log_in_and_out(kept: str, user: User) -> None:
    client = logged_in()
    assert Cookie.objects.exists() is (kept in {"db", "cached_db"})
    client.post("/admin/logout/")
    assert client.get(PAGE).status_code == 302


ENDS: dict[str, Callable[[User], object]] = {
    "suspension": lambda user: user_suspend(user.id, actor=user.id, now=timezone.now()),
    "lost power": lambda user: user_powers_change(user.id, is_staff=False, is_superuser=False, actor=user.id),
    "another password": lambda user: password_replace(user.id, PASSWORD, actor=user.id, now=timezone.now()),
}


@pytest.mark.parametrize("why", ENDS)
def test_a_log_in_dies_at_once(kept: str, user: User, why: str) -> None:
    client = logged_in()
    ENDS[why](user)
    assert client.get(PAGE).status_code == 302
    user_reactivate(user.id, actor=user.id)
    assert client.get(PAGE).status_code == 302


def test_another_secret_key_logs_nobody_out_while_the_former_counts(kept: str, user: User, settings: Settings) -> None:
    client = logged_in()
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another secret key, of 32 characters or more"
    settings.SECRET_KEY_FALLBACKS = [former]
    assert client.get(PAGE).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(PAGE).status_code == 200, "the cookie is of the new key by now"


def test_without_the_former_key_staff_log_in_anew(kept: str, user: User, settings: Settings) -> None:
    client = logged_in()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret key, of 32 characters or more", []
    assert client.get(PAGE).status_code == 302


def test_what_is_kept_of_an_erased_account_goes(kept: str, user: User) -> None:
    cache.clear()
    logged_in()
    assert [key for key in cache._cache if "cached_db" in key] or kept != "cached_db"  # type: ignore[attr-defined]
    count = ERASED["django_session"](user.id)
    assert count == (1 if kept in {"db", "cached_db"} else 0)
    assert not Cookie.objects.exists()
    assert not [key for key in cache._cache if "cached_db" in key]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["cache", "cached_db"])
def test_in_production_processes_must_share_the_cache(name: str) -> None:
    told = {"admin_sessions": name, "environment": "production", "cache_url": "locmem://"}
    with pytest.raises(SettingsError, match=f"AUTH_ADMIN_SESSIONS={name} needs a CACHE_URL that all processes share"):
        session_engine(auth_settings().model_copy(update=told))
    shared = told | {"cache_url": "redis://cache:6379/0"}
    assert session_engine(auth_settings().model_copy(update=shared)).endswith(f".{name}")
