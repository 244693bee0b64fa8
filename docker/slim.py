"""Removes from a Python installation what no running service reads: ``slim.py LIBRARY_FOLDER``."""
# ruff: noqa: S603, S607  it runs in a build stage, on that stage's programs

import shutil
import subprocess
import sys
from pathlib import Path

DEAD_FOLDERS = (
    *("tests", "test", "testing", "idlelib", "tkinter", "turtledemo", "ensurepip", "pydoc_data", "pip"),
    "pydantic/v1",  # FastAPI imports the Pydantic of old where it is
)
DEAD_SUFFIXES = (".pyi", ".pyx", ".pxd", ".c", ".h", ".pyc", ".po", ".map")
LANGUAGES = ("en", "de")  # those that the platform speaks; Django brings a hundred
KEEP = ("django/test", "chassis")  # imported at run time, or ours

library = Path(sys.argv[1])
packages = next(library.rglob("site-packages"))
for folder in sorted(library.rglob("*"), reverse=True):
    foreign = folder.parent.name == "locale" and folder.name not in LANGUAGES
    ours = folder.is_relative_to(packages) and folder.relative_to(packages).as_posix().startswith(KEEP)
    if folder.is_dir() and (any(map(folder.match, DEAD_FOLDERS)) or foreign) and not ours:
        shutil.rmtree(folder)
for file in [item for item in library.rglob("*") if item.is_file()]:
    if file.suffix in DEAD_SUFFIXES or file.name in ("RECORD", "direct_url.json"):
        file.unlink()
    elif file.suffix == ".so" and not file.parent.name.endswith(".libs"):  # those were patched, strip would break them
        subprocess.run(["strip", "--strip-unneeded", str(file)], check=True)
