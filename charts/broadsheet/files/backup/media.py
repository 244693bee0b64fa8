"""Copies the pictures between the object store and the backup volume: ``media.py save`` or ``media.py restore``.

Objects are named by their content, so one that is there already needs no second look.
"""
# ruff: noqa: T201  what it prints is read with kubectl logs

import sys
from pathlib import Path

from chassis.settings import load
from media_service.settings import MediaSettings
from media_service.storage import open_store
from obstore.store import LocalStore


def copy_missing(source, target) -> tuple[int, int]:
    """Copy what the target lacks; answers how many objects were copied and how many were there."""
    there = {entry["path"] for page in target.list() for entry in page}
    wanted = [entry["path"] for page in source.list() for entry in page]
    for path in (missing := [path for path in wanted if path not in there]):
        target.put(path, source.get(path).stream())
    return len(missing), len(wanted) - len(missing)


backups = Path("/backups/media")
backups.mkdir(parents=True, exist_ok=True)
store, volume = open_store(load(MediaSettings).storage_url), LocalStore(str(backups))
source, target = (store, volume) if sys.argv[1] == "save" else (volume, store)
copied, kept = copy_missing(source, target)
print(f"media: {copied} objects copied, {kept} were there already")
