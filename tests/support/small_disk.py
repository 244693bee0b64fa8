"""A disk that a test can fill: a small file system in memory, in a namespace of the test's own."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

NAMESPACE = ("unshare", "--map-root-user", "--mount")


def command_on_a_small_disk(folder: Path, mebibytes: int, command: str) -> list[str]:
    """A shell command that finds the folder empty and small; others see it below ``/proc/<pid>/root``.

    Skips the test where the kernel gives no namespace, unless REQUIRE_SERVERS is set.
    """
    tried = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        (pytest.fail if os.environ.get("REQUIRE_SERVERS") else pytest.skip)(f"no mount namespace: {tried.stderr}")
    mount = f"mount -t tmpfs -o size={mebibytes}m tmpfs {folder} && cd {folder}"
    return [*NAMESPACE, "sh", "-ec", f"{mount}; {command}", "sh"]


def on_a_small_disk(folder: Path, mebibytes: int, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command there to its end."""
    words = [*command_on_a_small_disk(folder, mebibytes, 'exec "$@"'), *command]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
