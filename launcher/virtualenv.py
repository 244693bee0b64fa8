"""The virtual environment in .venv, installed from the hashed locks and only when they have changed."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from launcher import ROOT, LauncherError
from launcher.indexes import pip_environment, uv_environment
from launcher.settings import SERVICES, VENV

Locks = tuple[Path, ...]

LOCKS = ROOT / "requirements"
RUN: Locks = tuple(LOCKS / f"{name}.txt" for name in (*SERVICES, "cli", "launcher"))
DEVELOPMENT: Locks = (LOCKS / "development.txt",)  # a superset of the others: who has it can also run
PACKAGES = (ROOT / "chassis", ROOT / "cli", *(ROOT / "services" / service for service in SERVICES))
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"


def ensure(*, development: bool = False) -> None:
    """Make .venv agree with the locks; raises LauncherError when the packages cannot be had."""
    wanted = [DEVELOPMENT] if development else [RUN, DEVELOPMENT]
    if _is_installed(wanted):
        return
    with _alone():
        if not _is_installed(wanted):
            print("Installing the packages of requirements/ into .venv …", flush=True)
            _make_venv()
            _install(wanted[0])
            _stamp(wanted[0]).write_text(str(VENV))


def inside() -> bool:
    """Whether this process runs on the Python of .venv."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def reenter() -> None:
    """Go on inside .venv, unless this process is there already."""
    if not inside():
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-m", "launcher", *sys.argv[1:]])


def _is_installed(choices: list[Locks]) -> bool:
    return any(_stamp(locks).exists() for locks in choices)


def _stamp(locks: Locks) -> Path:
    """A file whose name says what was installed from and where; it is written when all of it is there."""
    digest = hashlib.sha256(str(VENV).encode())
    for file in (*locks, *(package / "pyproject.toml" for package in PACKAGES)):
        digest.update(file.read_bytes())
    return VENV / f".installed-{digest.hexdigest()[:16]}"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_venv() -> None:
    """Create .venv unless one works here; one that was moved has another folder's path in its scripts."""
    if VENV.is_symlink():
        VENV.unlink()  # to another copy's, whose packages are of that copy, and would be cleared away
    stamps = list(VENV.glob(".installed-*"))
    moved = any(stamp.read_text() != str(VENV) for stamp in stamps)
    if moved or not _succeeds([str(PYTHON), "-c", ""]):
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], advice="on Debian: apt install python3-venv")
    if not UV.exists():
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        _succeeds([*pip, "-r", str(LOCKS / "uv.txt")], pip_environment())


def _install(locks: Locks) -> None:
    """Install with uv, or with pip where uv does not work on this machine or with its package index."""
    packages = [argument for lock in locks for argument in ("-r", str(lock))]
    local = ["--no-deps", "--no-build-isolation", *(each for path in PACKAGES for each in ("-e", str(path)))]
    uv = [str(UV), "pip", "install", "--quiet", "--python", str(PYTHON)]
    environment = uv_environment()
    if _succeeds([*uv, "--require-hashes", *packages], environment) and _succeeds([*uv, *local], environment):
        return
    print("uv could not install them; pip tries.", flush=True)
    _succeeds([str(PYTHON), "-m", "ensurepip"])
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for arguments in (["--require-hashes", *packages], local):
        _run([*pip, *arguments], pip_environment(), advice="is the package index reachable?")


def _succeeds(command: list[str], environment: Mapping[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def _run(command: list[str], environment: Mapping[str, str] | None = None, *, advice: str) -> None:
    if subprocess.run(command, env=environment, check=False).returncode:
        raise LauncherError(f"`{' '.join(command[:6])} …` failed ({advice}).")
