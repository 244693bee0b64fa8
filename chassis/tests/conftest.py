"""Settings of a made-up service, and local servers that stand for what the chassis talks to."""

import io
import os
from collections.abc import Iterator
from typing import ClassVar

import django
import pytest
from chassis.django.settings import django_settings
from chassis.logging import clear_request
from chassis.settings import AdminSessions, Secret, ServiceSettings, loading
from chassis.testing import LocalServer, TokenMint, local_server
from chassis.tokens import KeySet, Verifier
from django.conf import settings as django_conf

from chassis import logging


class PressSettings(ServiceSettings):
    """The settings of no real service."""

    service: ClassVar[str] = "press"

    database_url: Secret = "sqlite:///:memory:"
    secret_key: Secret = "development-press-secret-key-of-no-worth"
    secret_key_fallback: Secret = ""
    admin_sessions: AdminSessions = "db"
    static_dir: str = ""
    port: int = 9000


def pytest_configure() -> None:
    logging.configure(PressSettings(), "tests", io.StringIO())  # not the one for a person, which is slow
    press = PressSettings(database_url=f"sqlite:///{os.environ['VAR_DIR']}/press.sqlite3")
    django_conf.configure(
        **django_settings(press),
        ROOT_URLCONF=None,
        INSTALLED_APPS=["chassis.django", "chassis.events.databases.django_app", "rest_framework"],
        MIDDLEWARE=["chassis.django.middleware.RequestContextMiddleware"],
    )
    django.setup()


@pytest.fixture
def http_server() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


@pytest.fixture
def press_settings() -> PressSettings:
    return PressSettings(log_hash_key="k" * 32)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An environment to set variables in; settings are read anew before and after."""
    loading._load.cache_clear()
    yield monkeypatch
    loading._load.cache_clear()


@pytest.fixture
def mint() -> TokenMint:
    return TokenMint("http://127.0.0.1:8000", "broadsheet")


@pytest.fixture
def keys(mint: TokenMint) -> KeySet:
    keys = KeySet()
    keys.replace(mint.jwks())
    return keys


@pytest.fixture
def verifier(mint: TokenMint, keys: KeySet) -> Verifier:
    return Verifier(keys.get, issuer=mint.issuer, audience=mint.audience)


@pytest.fixture(autouse=True)
def _no_request_left_bound() -> Iterator[None]:
    clear_request()
    yield
    clear_request()
