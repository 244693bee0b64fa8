"""Puts together the file tree of an image that holds Python and nothing else: no shell, no package manager, no tools.

``assemble.py TREE FILE...`` copies each file or folder to the same place under TREE, together with the shared libraries
that its programs load and the records of the Debian packages those came from (where image scanners look for them).
"""
# ruff: noqa: S603, S607  it runs in a build stage, on that stage's programs

import re
import shutil
import subprocess
import sys
from pathlib import Path


def copy(path: Path, tree: Path) -> None:
    """Copy one file, folder, or link with what it points at, to the same place under the tree."""
    target = tree / path.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        target.unlink(missing_ok=True)
        target.symlink_to(path.readlink())
        copy(path.parent / path.readlink(), tree)
    elif path.is_dir():
        shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(path, target)


def libraries(program: Path) -> set[Path]:
    """The shared libraries a program or library loads, where the dynamic loader looks for them."""
    answer = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False)
    found = re.findall(r"(?:=> |^\s+)(/\S+) \(0x", answer.stdout, re.MULTILINE)
    return {Path(path) for path in found}


def programs(path: Path) -> list[Path]:
    """Every file at or below the path that is machine code."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return [file for file in files if not file.is_symlink() and file.open("rb").read(4) == b"\x7fELF"]


def record_package(library: Path, tree: Path) -> None:
    """Keep the record of the Debian package a library belongs to, as distroless images do."""
    owner = subprocess.run(["dpkg", "-S", str(library.resolve())], capture_output=True, text=True, check=False).stdout
    if package := owner.partition(":")[0]:
        status = subprocess.run(["dpkg", "-s", package], capture_output=True, text=True, check=True).stdout
        record = tree / "var/lib/dpkg/status.d" / package
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(status)


tree, wanted = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
for path in wanted:
    copy(path, tree)
loaded = {library for path in wanted for program in programs(path) for library in libraries(program)}
for library in sorted(loaded):
    if not library.is_relative_to("/usr/local") and not library.is_relative_to("/opt"):
        copy(library, tree)
        record_package(library, tree)
