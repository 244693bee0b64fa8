"""Django on the database that was asked for, the people of the tests, and the neighbours of blog."""

import os
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from blog_service.testing import Caller, Neighbours
from chassis.testing import TokenMint
from chassis.testing.local_server import LocalServer, local_server
from chassis.tokens import KeySet
from django.core.cache import cache
from pytest_django import Settings

PUBLIC_URL = "https://news.example.org"
CLIENT_SECRET = "client-secret-of-the-tests-of-blog"
NEIGHBOURS = pytest.StashKey[Neighbours]()


def pytest_configure(config: pytest.Config) -> None:
    neighbours = config.stash[NEIGHBOURS] = Neighbours(CLIENT_SECRET)
    config.add_cleanup(neighbours.close)
    os.environ |= {
        "BLOG_CLIENT_SECRET": CLIENT_SECRET,
        "DJANGO_SETTINGS_MODULE": "blog_service.django_settings",
        "PUBLIC_URL": PUBLIC_URL,
        "AUTH_URL": neighbours.url,
        "MEDIA_URL": neighbours.url,
    }
    _use_a_file_on_sqlite()
    django.setup()


def _use_a_file_on_sqlite() -> None:
    """As in life: locks in memory are others."""
    from blog_service import django_settings  # noqa: PLC0415  reads the environment

    database = django_settings._shared["DATABASES"]["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(Path(os.environ["VAR_DIR"]) / "test.sqlite3")


@pytest.fixture
def neighbours(request: pytest.FixtureRequest) -> Neighbours:
    """Auth and media; they know nobody and nothing at first."""
    neighbours = request.config.stash[NEIGHBOURS]
    neighbours.reset()
    cache.clear()
    return neighbours


@pytest.fixture
def mint(settings: Settings) -> TokenMint:
    """Makes tokens that blog accepts."""
    mint, keys = TokenMint(PUBLIC_URL, "broadsheet"), KeySet()
    keys.replace(mint.jwks())
    settings.TOKEN_KEYS = keys.get
    return mint


@pytest.fixture
def charlie(db: None, neighbours: Neighbours) -> Caller:
    """A stranger, without a token."""
    return Caller("charlie")


@pytest.fixture
def alice(db: None, mint: TokenMint, neighbours: Neighbours) -> Caller:
    """An author, whose posts the tests are about."""
    return Caller("alice", mint)


@pytest.fixture
def bob(db: None, mint: TokenMint) -> Caller:
    """Another author."""
    return Caller("bob", mint)


@pytest.fixture
def dana(db: None, mint: TokenMint) -> Caller:
    """An editor."""
    return Caller("dana", mint, roles=("author", "editor"))


@pytest.fixture
def admin(db: None, mint: TokenMint) -> Caller:
    """Somebody who may do anything."""
    return Caller("erin", mint, roles=("author", "admin"))


@pytest.fixture
def receiver() -> Iterator[LocalServer]:
    """A server of somebody else, to which webhooks are sent."""
    with local_server() as server:
        yield server
