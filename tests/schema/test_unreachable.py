"""A database that cannot be reached is said in a sentence, before anything is migrated."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.servers.ports import LOOPBACK, free_port
from launcher.settings import SERVICES_WITH_DATABASE


@pytest.mark.parametrize("service", SERVICES_WITH_DATABASE)
def test_migrate_names_a_database_that_does_not_answer(service: str, tmp_path: Path) -> None:
    port = free_port()
    url = {f"{service.upper()}_DATABASE_URL": f"postgresql://a:secret@{LOOPBACK}:{port}/a"}
    command = [sys.executable, "-m", "chassis.run", service, "migrate"]
    ended = subprocess.run(command, cwd=tmp_path, env=os.environ | url, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert f"The database at {LOOPBACK}:{port} does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "secret" not in ended.stderr
