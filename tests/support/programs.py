"""Programs of the machine that a test runs beside the platform."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.servers.binaries import find_binary


def program(name: str, debian_package: str) -> str:
    """The program's path; skips the test where there is none, unless REQUIRE_SERVERS is set."""
    found = find_binary(name)
    if found:
        return found
    reason = f"{name} is not installed (Debian: {debian_package})"
    if os.environ.get("REQUIRE_SERVERS"):
        pytest.fail(reason)
    pytest.skip(reason)


def npm_install(lock: Path, folder: Path) -> None:
    """Put into ``folder`` what the package.json and its lock in ``lock`` say, unless it is there."""
    if (folder / "node_modules").exists():
        return
    if folder != lock:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(lock / name, folder)
    subprocess.run([program("npm", "npm"), "ci", "--ignore-scripts"], cwd=folder, check=True)


@contextlib.contextmanager
def running(*command: str | Path, log: Path) -> Iterator[None]:
    """Run it in the foreground until the end of the block."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            yield
        finally:
            process.terminate()
