"""With standard output and error on a full disk, every process does its work and ends as it would."""

import signal
from pathlib import Path

import httpx
import pytest

from tests.support.single_process import SingleProcess

PROCESSES = [
    *(("auth", command) for command in ("web", "messenger", "worker", "beat")),
    *(("media", command) for command in ("web", "worker")),
    ("gateway", "web"),
]
ALICE = {"email": "alice@example.org", "username": "alice", "password": "long-enough-pass-1"}


@pytest.mark.parametrize(("service", "command"), PROCESSES)
def test_process_works_and_ends_well(service: str, command: str, tmp_path: Path) -> None:
    process = SingleProcess(tmp_path, service, command)
    with Path("/dev/full").open("w") as full:
        if service != "gateway":
            assert process.migrate(full) == 0
            assert process.migrate(full) == 0  # which says that there is nothing to do
        with process.running(full) as running:
            if (service, command) == ("auth", "web"):
                assert [httpx.post(f"{process.url}/api/v1/auth/users", json=ALICE).status_code for _ in "12"] == [
                    201,
                    400,
                ]
            assert running.poll() is None
    assert running.returncode in {0, -signal.SIGTERM}
