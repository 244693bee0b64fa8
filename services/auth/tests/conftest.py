"""Django on the database that was asked for, and the people of the tests."""
# ruff: noqa: PLC0415  models can be imported once Django is set up

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any

import django
import pytest
from chassis.testing.local_server import LocalServer, local_server

if TYPE_CHECKING:
    from auth_service.testing import AtOnce, Caller, Mailbox, Media

MEDIA = pytest.StashKey[LocalServer]()


def pytest_configure(config: pytest.Config) -> None:
    neighbour = ExitStack()
    config.add_cleanup(neighbour.close)
    server = config.stash[MEDIA] = neighbour.enter_context(local_server())
    server.reply = lambda _: (200, b'{"assets": []}')  # to tests that say nothing of pictures
    os.environ |= {"DJANGO_SETTINGS_MODULE": "auth_service.django_settings", "MEDIA_URL": server.url}
    from auth_service import django_settings

    django_settings.PASSWORD_HASHERS[0] = "auth_service.testing.CheapArgon2id"  # nearly every test hashes three times
    database = django_settings._shared["DATABASES"]["default"]
    if database["ENGINE"].endswith("sqlite3"):  # a file, as in life: locks in memory are others
        database["TEST"] = {"NAME": str(Path(os.environ["VAR_DIR"]) / "test.sqlite3")}
    django.setup()


@pytest.fixture(autouse=True)
def no_key_of_another_test() -> None:
    """Keys go with the database of each test."""
    from auth_service.keys.document import document
    from auth_service.keys.signing import in_use

    in_use.forget()
    document.forget()


@pytest.fixture
def at_once(transactional_db: None) -> Iterator["AtOnce"]:
    """Runs functions in threads of their own, each on its own connection, all beginning at the same moment."""
    from django.db import connection

    yield _at_once
    with connection.cursor() as cursor:  # the events tables have no models, so Django's clean-up passes them by
        cursor.execute("DELETE FROM outbox_event")


def _at_once(functions: Sequence[Callable[[], Any]]) -> list[Any]:
    from django.db import connections

    together = Barrier(len(functions))

    def run(function: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


@pytest.fixture
def media(request: pytest.FixtureRequest) -> "Media":
    """The pictures there are; none at first."""
    from auth_service.testing import Media

    return Media(request.config.stash[MEDIA])


@pytest.fixture
def mailbox() -> Iterator["Mailbox"]:
    """Where all mails of a test arrive."""
    from auth_service.testing import Mailbox

    folder = Path(os.environ["VAR_DIR"]) / "mail"
    yield Mailbox(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def activation(monkeypatch: pytest.MonkeyPatch) -> None:
    """New accounts wait for a mail to be answered."""
    from auth_service.settings import settings

    waiting = settings().model_copy(update={"activation": True})
    for module in ("registration", "users", "me.realworld"):
        monkeypatch.setattr(f"auth_service.{module}.services.settings", lambda: waiting)


@pytest.fixture
def charlie(db: None) -> "Caller":
    """A stranger: nobody has registered under this name."""
    from auth_service.testing import Caller

    return Caller("charlie")


@pytest.fixture
def alice(db: None) -> "Caller":
    """Registered and logged in."""
    return _logged_in("alice")


@pytest.fixture
def bob(db: None) -> "Caller":
    """Somebody else, registered and logged in."""
    return _logged_in("bob")


def _logged_in(username: str) -> "Caller":
    from auth_service.testing import Caller

    caller = Caller(username)
    caller.register()
    caller.log_in()
    return caller
