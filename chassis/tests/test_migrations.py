"""Who finds a migration missing applies it, one at a time; waiting is bounded, and says what is missing."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import psycopg
import pytest
from chassis.migration_lock import alone
from chassis.migrations import MigrateOptions, database_url, find_pending, host_of, migrate, parse_options, wait
from chassis.settings import ServiceSettings, SettingsError

from chassis import logging

URL = "postgresql://auth:secret@db.example:6543/auth"
LACKS_ONE = (["users.0002"], "the database at db.example:6543 lacks 1 of its migrations, users.0002 first")
COMPLETE: tuple[list[str], str] = ([], "")


def test_waiting_ends_when_nothing_is_pending() -> None:
    seen, said = [LACKS_ONE, COMPLETE], list[str]()
    wait(lambda: seen.pop(0), seconds=5, say=said.append, pause=0)
    assert seen == []
    assert said == ["the database at db.example:6543 lacks 1 of its migrations, users.0002 first; 5 s left"]


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    def unreachable(_url: str) -> list[str]:
        raise ConnectionError("secret")

    with pytest.raises(SettingsError) as refused:
        wait(lambda: find_pending(unreachable, URL), seconds=0, say=print, attempt=lambda: True)
    assert str(refused.value) == (
        "The database at db.example:6543 does not answer (ConnectionError). Gave up after 0 s."
    )


def test_a_database_that_refuses_is_quoted(postgres_url: str) -> None:
    def connect(url: str) -> list[str]:
        psycopg.connect(url).close()
        return []

    somebody, place = postgres_url.partition("@")[::2]
    for given, reason in (
        (f"postgresql://nobody:sesame@{place}", 'password authentication failed for user "nobody"'),
        (f"{somebody}@{place.rpartition('/')[0]}/nowhere", 'database "nowhere" does not exist'),
    ):
        assert find_pending(connect, given) == ([], f"the database at {place.partition('/')[0]} refuses: {reason}")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (URL, "db.example:6543"),
        ("postgresql://auth:secret@[::1]:6543/auth", "[::1]:6543"),
        ("postgresql://[::1]/auth", "[::1]:5432"),
        ("sqlite:///var/auth.sqlite3", "/var/auth.sqlite3"),
    ],
)
def test_place_of_a_database_is_told_without_its_password(url: str, place: str) -> None:
    assert host_of(url) == place


def test_a_migration_that_never_comes_is_named() -> None:
    with pytest.raises(SettingsError, match=r"lacks 2 of its migrations, users\.0002 first\. Gave up"):
        wait(lambda: find_pending(lambda _: ["users.0002", "users.0003"], URL), seconds=0, say=print)


def test_who_finds_a_migration_missing_waits_only_while_another_applies_it() -> None:
    said, free = list[str](), [False, True]
    wait(lambda: LACKS_ONE, seconds=5, say=said.append, attempt=lambda: free.pop(0), pause=0)
    assert said == [f"{LACKS_ONE[1]}, and another process applies them; 5 s left"]


def test_nothing_is_read_or_applied_where_nothing_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def never() -> NoReturn:
        raise AssertionError("the URL was told by the environment, and nothing is missing")

    monkeypatch.setenv("PRESS_DATABASE_URL", URL)
    migrate("press", never, MigrateOptions(), pending=lambda url: [] if url == URL else ["users.0001"], apply=never)
    assert json.loads(capsys.readouterr().out)["event"] == "The database at db.example:6543 has all its migrations."


@pytest.fixture
def quiet_afterwards(press_settings: ServiceSettings) -> Iterator[None]:
    """Who waits sets logging up; the tests' own way comes back."""
    yield
    logging.configure(press_settings, "tests", io.StringIO())


@pytest.mark.usefixtures("quiet_afterwards")
def test_a_secret_that_is_mended_meanwhile_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, press_settings: ServiceSettings
) -> None:
    monkeypatch.delenv("PRESS_DATABASE_URL", raising=False)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    secret = tmp_path / "PRESS_DATABASE_URL"
    secret.write_text("sqlite:///wrong")

    def pending(url: str) -> list[str]:
        secret.write_text("sqlite:///mended")
        if url != "sqlite:///mended":
            raise ConnectionError
        return []

    migrate(
        "press",
        lambda: press_settings,
        MigrateOptions(seconds=60),
        pending=pending,
        apply=lambda: pytest.fail("complete"),
    )


def test_what_is_missing_is_applied_unless_that_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def unread() -> NoReturn:
        raise AssertionError

    monkeypatch.setenv("PRESS_DATABASE_URL", "sqlite:///press")
    applied = list[str]()
    with pytest.raises(SettingsError, match="lacks 1"):
        migrate(
            "press",
            unread,
            parse_options(["--wait", "0"]),
            pending=lambda _: ["0001"],
            apply=lambda: applied.append(""),
        )
    assert applied == []
    migrate(
        "press", unread, parse_options(["--within", "0"]), pending=lambda _: ["0001"], apply=lambda: applied.append("")
    )
    assert applied == [""]


def test_one_process_at_a_time_migrates_a_database(postgres_url: str) -> None:
    with alone(postgres_url) as first, alone(postgres_url) as second:
        assert (first, second) == (True, False)
    with alone(postgres_url) as again:
        assert again


def test_the_lock_outlasts_the_server_s_patience_and_keeps_no_concurrent_index_waiting(postgres_url: str) -> None:
    options = r"-c idle_in_transaction_session_timeout=50 -c default_transaction_isolation=repeatable\ read"
    impatient = f"{postgres_url}?options={quote(options)}"
    with psycopg.connect(postgres_url, autocommit=True) as migration, alone(impatient) as free:
        assert free
        migration.execute("SET lock_timeout = '2s'")
        migration.execute("CREATE TABLE shelf (book text)")
        try:
            migration.execute("SELECT pg_sleep(0.2)")
            migration.execute("CREATE INDEX CONCURRENTLY ON shelf (book)")
        finally:
            migration.execute("DROP TABLE shelf")


def test_the_bound_is_a_number_of_seconds() -> None:
    assert parse_options([]) == MigrateOptions(seconds=0, applies=True)
    assert parse_options(["--within", "300"]) == MigrateOptions(seconds=300, applies=True)
    assert parse_options(["--wait", "300"]) == MigrateOptions(seconds=300, applies=False)
    for words in (["--wait", "long"], ["--within"], ["users", "0001"]):
        with pytest.raises(SettingsError, match="how many seconds"):
            parse_options(words)


def test_the_database_is_told_by_the_variable_else_by_the_secret_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRETS_DIR", raising=False)
    assert database_url("press") == ""
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    assert database_url("press") == ""
    (tmp_path / "PRESS_DATABASE_URL").write_text(f"{URL}\n")
    assert database_url("press") == URL
    monkeypatch.setenv("PRESS_DATABASE_URL", "sqlite:///press")
    assert database_url("press") == "sqlite:///press"
