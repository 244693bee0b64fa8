"""The suite, unpacked as npm has it, its origin, and a run of it against a cache."""

import base64
import hashlib
import json
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from launcher.servers.ports import LOOPBACK, answers, free_port
from tests.support.waiting import eventually

VERSION = "0.4.5"
_SHA512 = "DjuwN9nUZXLTW+wav1LRESCZNVxl8SshwOy4z1pxuWbWt5/ay6sM9QQ1lebBaDO6P1IMBoK6mdf+PuVP/QNL8A=="
_HERE = Path(__file__).parent


def package(folder: Path) -> Path:
    """The npm package ``http-cache-tests``, of which nothing is installed."""
    command = ["npm", "pack", "--silent", f"http-cache-tests@{VERSION}"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    file = folder / f"http-cache-tests-{VERSION}.tgz"
    if hashlib.sha512(file.read_bytes()).digest() != base64.b64decode(_SHA512):
        raise SystemExit(f"{file.name} is not the package that was measured before.")
    with tarfile.open(file) as files:
        files.extractall(folder, filter="data")
    return folder / "package"


@contextmanager
def origin(suite: Path) -> Iterator[int]:
    """Its port."""
    port = free_port()
    command = ["node", "--no-warnings", str(_HERE / "origin.mjs"), str(suite), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: answers(port))
        yield port
    finally:
        process.terminate()
        process.wait()


def run(suite: Path, cache_port: int, origin_port: int) -> list[dict[str, Any]]:
    """How each test went, as suite.mjs tells it."""
    urls = [f"http://{LOOPBACK}:{port}" for port in (cache_port, origin_port)]
    command = ["node", "--no-warnings", str(_HERE / "suite.mjs"), str(suite), *urls]
    told: list[dict[str, Any]] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return told
