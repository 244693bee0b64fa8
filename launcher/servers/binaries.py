"""Where the servers' binaries are; Debian and Homebrew keep some of them off the PATH."""

import shutil
from pathlib import Path

from launcher import LauncherError

OFF_PATH = (
    "/usr/lib/postgresql/*/bin",
    "/usr/lib/rabbitmq/bin",  # the wrappers in /usr/sbin change to the rabbitmq account and its fixed folders
    "/usr/local/sbin",
    "/usr/sbin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/opt/homebrew/sbin",
)


class BinaryMissingError(LauncherError):
    """The machine lacks a program; the message names it."""


def find_binary(name: str) -> str | None:
    """Return the path of a program, the newest version where there are several, or None."""
    folders = [folder for pattern in OFF_PATH for folder in sorted(_glob(pattern), key=_version, reverse=True)]
    candidates = [folder / name for folder in folders if (folder / name).exists()]
    return str(candidates[0]) if candidates else shutil.which(name)


def binary(name: str) -> str:
    """Return the path of a program; raises BinaryMissingError."""
    path = find_binary(name)
    if path is None:
        raise BinaryMissingError(f"{name} is not installed on this machine.")
    return path


def _glob(pattern: str) -> list[Path]:
    return list(Path("/").glob(pattern.removeprefix("/")))


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parts if part.isdigit())
