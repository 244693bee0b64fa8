"""The script of the how-to puts a database back as a dump has it, whatever was in it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher import ROOT
from launcher.settings import SERVICES_WITH_DATABASE
from tests.schema.test_at_once import begin_together
from tests.support.programs import program
from tests.support.servers import fresh_databases, or_left_out, postgres

SCRIPTS = {"save": "charts/broadsheet/files/backup/databases.sh", "restore": "docs/how-to/restore-databases.sh"}


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Migrated databases, whose URLs are files as in the pods."""
    with or_left_out(postgres()), fresh_databases() as urls:
        for name, url in urls.items():
            (tmp_path / name).write_text(url)
        for service in SERVICES_WITH_DATABASE:
            begin_together(service, urls, tmp_path, processes=1)
        yield urls


def said(name: str, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a script with its volumes in a folder."""
    text = (ROOT / SCRIPTS[name]).read_text()
    for there in ("/run/secrets/broadsheet", "/backups"):
        assert there in text
        text = text.replace(there, str(folder))
    tools = os.pathsep.join([str(Path(program("pg_dump", "postgresql-client")).parent), os.environ["PATH"]])
    environment = os.environ | {"KEEP_DAYS": "1", "PATH": tools}
    command = ["sh", "-s", *words]
    return subprocess.run(command, input=text, env=environment, capture_output=True, text=True, check=False)


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {str(name) for (name,) in rows}


def test_older_dump_takes_away_what_newer_migrations_made_and_they_run_again(
    databases: dict[str, str], tmp_path: Path
) -> None:
    blog = databases["BLOG_DATABASE_URL"]
    newest = tables(blog)
    with psycopg.connect(blog) as connection:
        connection.execute("DROP TABLE idempotency_key")
        connection.execute("DELETE FROM django_migrations WHERE app = 'chassis_idempotency'")
    older = tables(blog)
    saved = said("save", tmp_path)
    assert saved.returncode == 0, saved.stderr
    begin_together("blog", databases, tmp_path, processes=1)
    assert tables(blog) == newest != older

    restored = said("restore", tmp_path)

    assert restored.returncode == 0, restored.stderr
    assert tables(blog) == older
    begin_together("blog", databases, tmp_path, processes=1)
    assert tables(blog) == newest


@pytest.mark.parametrize("time", [(), ("20260101T000000Z",)], ids=["newest", "of a time"])
def test_a_dump_that_is_missing_or_damaged_leaves_every_database_as_it_was(
    time: tuple[str, ...], databases: dict[str, str], tmp_path: Path
) -> None:
    assert said("restore", tmp_path, *time).returncode != 0
    assert said("save", tmp_path).returncode == 0
    for dump in (tmp_path / "databases").glob("media-*"):
        dump.write_bytes(b"PGDMP")
    assert said("restore", tmp_path, *time).returncode != 0
    assert all(tables(databases[f"{service.upper()}_DATABASE_URL"]) for service in SERVICES_WITH_DATABASE)
