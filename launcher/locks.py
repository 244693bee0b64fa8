"""`make lock`: the hashed locks, one per image and one for development, agreeing on every version."""

import os
import subprocess
import tempfile
from pathlib import Path

from launcher import ROOT, LauncherError
from launcher.indexes import uv_environment
from launcher.settings import SERVICES
from launcher.virtualenv import UV

EXTRAS = {
    "auth": ["django", "jobs"],
    "blog": ["django", "forms", "jobs"],
    "media": ["fastapi", "forms", "jobs"],
    "gateway": [],
}
COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-package=broadsheet-chassis", "--custom-compile-command=make lock"),
)


def lock(_arguments: list[str]) -> None:
    """Add what the packages newly ask for; UPGRADE=1 moves everything to its newest version."""
    folders = ("chassis", "cli", *(f"services/{service}" for service in SERVICES))
    packages = [f"{folder}/pyproject.toml" for folder in folders]
    tools = ["requirements/development.in", "requirements/launcher.in", "requirements/uv.in"]
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    _compile("development", [*tools, *packages, *_extras(["django", "fastapi", "forms", "jobs"]), *upgrade])
    within = ["--constraints=requirements/development.txt", *upgrade]
    for name in ("launcher", "uv", "build"):
        _compile(name, [f"requirements/{name}.in", *within])
    _compile("cli", ["cli/pyproject.toml", *within])
    for name in ("checkov", "clients"):  # agree with nobody, and live apart
        _compile(name, [f"requirements/{name}.in", *upgrade])
    for service in SERVICES:
        _compile(
            service,
            ["chassis/pyproject.toml", f"services/{service}/pyproject.toml", *_extras(EXTRAS[service]), *within],
        )


def _extras(names: list[str]) -> list[str]:
    return [f"--extra={name}" for name in names]


def _compile(name: str, arguments: list[str]) -> None:
    output = f"requirements/{name}.txt"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as overrides:
        overrides.write(f"broadsheet-chassis @ {(ROOT / 'chassis').as_uri()}\n")  # it is here, not on an index
        overrides.flush()
        command = [str(UV), *COMPILE, *arguments, f"--overrides={overrides.name}", f"--output-file={output}"]
        if subprocess.run(command, cwd=ROOT, env=uv_environment(), check=False, stdout=subprocess.DEVNULL).returncode:
            raise LauncherError(f"{output} could not be made.")
    text = Path(ROOT / output).read_text()
    if str(ROOT) in text or overrides.name in text:
        raise LauncherError(f"{output} names a path of this machine; it must not.")
