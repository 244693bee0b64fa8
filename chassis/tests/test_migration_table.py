"""A table is read through its plain driver, whatever there is of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from chassis.migration_table import read_rows
from chassis.settings_error import SettingsError

MAKE = ("CREATE TABLE applied_here (app text, name text)", "INSERT INTO applied_here VALUES ('users', '0001')")


def test_a_file_that_is_not_there_has_no_rows_and_is_not_made(tmp_path: Path) -> None:
    assert read_rows(f"sqlite:///{tmp_path}/none.sqlite3", "applied_here", "app, name") == []
    assert list(tmp_path.iterdir()) == []


def test_sqlite_gives_the_rows_of_a_table_and_none_of_a_missing_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/some.sqlite3"
    with closing(sqlite3.connect(tmp_path / "some.sqlite3")) as connection, connection:
        for statement in MAKE:
            connection.execute(statement)
    assert read_rows(url, "applied_here", "app, name") == [("users", "0001")]
    assert read_rows(url, "another", "app, name") == []


def test_postgresql_does_so_as_the_url_and_the_environment_say(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_url + ("&" if "?" in postgres_url else "?") + "sslmode=prefer"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA apart")
        monkeypatch.setenv("PGOPTIONS", "-c search_path=apart")
        assert read_rows(url, "applied_here", "app, name") == []
        with psycopg.connect(url) as apart:
            for statement in MAKE:
                apart.execute(statement)
        assert read_rows(url, "applied_here", "app, name") == [("users", "0001")]
        connection.execute("DROP SCHEMA apart CASCADE")


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(SettingsError, match="must begin with"):
        read_rows("mysql://alice:secret@db/auth", "applied_here", "app")
