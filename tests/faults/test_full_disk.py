"""SQLite on a disk that is full: refused for now, nothing half done, and well again with room."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.support.single_process import SingleProcess
from tests.support.small_disk import command_on_a_small_disk

MEBIBYTES = 24


def person(number: int) -> dict[str, str]:
    return {"email": f"c{number}@example.org", "username": f"case{number}", "password": "long-enough-pass-1"}


def fill(file: Path) -> None:
    """Leave not a byte of room."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for size in (65536, 4096, 256):
        with suppress(OSError):
            while True:
                os.write(descriptor, b"x" * size)
    os.close(descriptor)


def test_full_disk_refuses_for_now_and_is_well_again(tmp_path: Path) -> None:
    process = SingleProcess(tmp_path, "auth")
    migrated = f"{process.words[0]} auth migrate >&2"
    process.words = [*command_on_a_small_disk(tmp_path, MEBIBYTES, f'{migrated}; exec "$@"'), *process.words]
    with process.running() as running, httpx.Client(base_url=f"{process.url}/api/v1/auth", timeout=30) as client:
        filler = Path(f"/proc/{running.pid}/root{tmp_path}/filler")
        assert client.post("/users", json=person(0)).status_code == 201
        number, refused = _until_refused(client, filler)
        assert (refused.status_code, refused.json()["code"]) == (503, "storage_full")
        assert int(refused.headers["Retry-After"]) > 1
        filler.unlink()
        assert client.get(f"/profiles/case{number}").status_code == 404
        assert client.post("/users", json=person(number)).status_code == 201


def _until_refused(client: httpx.Client, filler: Path) -> tuple[int, Any]:
    """Register people while the disk is filled up: the write-ahead log has some room of its own."""
    for number in range(1, 60):
        fill(filler)
        answer = client.post("/users", json=person(number))
        if answer.status_code != 201:
            return number, answer
    raise AssertionError("the disk did not get full")
