"""Code starts and serves on a schema newer than itself: on one that took every step that expands, at every table."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from launcher import ROOT
from tests.support.platform import Platform
from tests.support.servers import fresh_databases, or_left_out, postgres

AT_EVERY_TABLE = """
    ALTER TABLE {table} ADD COLUMN of_next_release text NULL;
    ALTER TABLE {table} ADD COLUMN of_next_release_too text NOT NULL DEFAULT 'new';
    ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK (of_next_release <> '') NOT VALID;
    CREATE TABLE {new} (id bigint PRIMARY KEY);
    CREATE INDEX CONCURRENTLY {index} ON {table} (of_next_release)
"""
APPLIED = {  # how the database says that it is newer
    "django_migrations": "INSERT INTO django_migrations (app, name, applied) VALUES ({app}, '9999_next', now())",
    "alembic_version": "UPDATE alembic_version SET version_num = '9999'",
}
APPS = {"auth": "users", "blog": "posts", "media": ""}


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[str, str]]:
    with or_left_out(postgres()), fresh_databases() as urls:
        yield urls


@pytest.fixture(scope="module")
def platform(databases: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """All of it, started on databases that a next release has migrated."""
    platform = Platform(tmp_path_factory.mktemp("platform"))
    platform.settings |= databases
    for service, app in APPS.items():
        command = [sys.executable, "-m", "chassis.run", service, "migrate"]
        subprocess.run(command, env=platform.environment, check=True, capture_output=True)
        expand(databases[f"{service.upper()}_DATABASE_URL"], app)
    with platform:  # `make up` migrates again, which changes nothing
        yield platform


def expand(database_url: str, app: str) -> None:
    """Take every step of docs/how-to/two-step-schema-change.md that a release may take, as the next one would."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        tables = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        for table in tables:
            names = {"table": table, "constraint": f"{table}_c", "new": f"{table}_next", "index": f"{table}_i"}
            for step in AT_EVERY_TABLE.split(";"):
                connection.execute(sql.SQL(step).format(**{key: sql.Identifier(name) for key, name in names.items()}))
        for kind in tables & APPLIED.keys():
            connection.execute(sql.SQL(APPLIED[kind]).format(app=sql.Literal(app)))


def test_story_goes_well_on_the_newer_schema(platform: Platform) -> None:
    command = [sys.executable, "-m", "pytest", "--quiet", "tests/e2e/test_story.py"]
    environment = os.environ | {"BASE_URL": platform.base_url}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("service", APPS)
def test_older_code_left_the_newer_schema_as_it_was(
    platform: Platform, databases: dict[str, str], service: str
) -> None:
    with psycopg.connect(databases[f"{service.upper()}_DATABASE_URL"]) as connection:
        columns = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'of_next_release'"
        assert connection.execute(columns).fetchone() != (0,)
