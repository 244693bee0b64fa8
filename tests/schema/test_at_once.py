"""Many processes find a database incomplete at once: one brings it up to date, the others wait, and all begin."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher.settings import SERVICES_WITH_DATABASE
from tests.support.servers import fresh_databases, or_left_out, postgres


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[str, str]]:
    with or_left_out(postgres()), fresh_databases() as urls:
        yield urls


@pytest.mark.parametrize("service", SERVICES_WITH_DATABASE)
def test_processes_that_begin_at_once_migrate_once(service: str, databases: dict[str, str], tmp_path: Path) -> None:
    begin_together(service, databases, tmp_path)


@pytest.mark.parametrize("service", SERVICES_WITH_DATABASE)
def test_a_database_that_became_empty_is_brought_up_to_date_by_who_begins_next(
    service: str, databases: dict[str, str], tmp_path: Path
) -> None:
    """As after a restore of an older dump, or a Secret that names another database: its state decides, nothing else."""
    begin_together(service, databases, tmp_path)
    with psycopg.connect(databases[f"{service.upper()}_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    assert "has all its migrations" in begin_together(service, databases, tmp_path, processes=1)


def begin_together(service: str, databases: dict[str, str], folder: Path, *, processes: int = 3) -> str:
    """What pods do at their start, so many at once; answers what they said."""
    command = [sys.executable, "-m", "chassis.run", service, "migrate", "--within", "120"]
    begun = [
        subprocess.Popen(
            command, cwd=folder, env=os.environ | databases, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(processes)
    ]
    said = [process.communicate(timeout=240)[0] for process in begun]
    assert [process.returncode for process in begun] == [0] * processes, "\n".join(said)
    return "\n".join(said)
