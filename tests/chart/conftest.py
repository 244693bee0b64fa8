"""Checkov pins so many libraries that it lives in an environment of its own, made here from its hashed lock."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.indexes import uv_environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def checkov() -> Path:
    """The checkov program, installed once per lock."""
    lock = ROOT / "requirements/checkov.txt"
    environment = ROOT / ".venv-checkov" / hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    program = environment / "bin/checkov"
    if not program.exists():
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, environment)
        _uv("pip", "install", "--quiet", "--require-hashes", "--python", environment / "bin/python", "-r", lock)
    return program


def _uv(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "uv", *arguments], env=uv_environment(), check=True)
