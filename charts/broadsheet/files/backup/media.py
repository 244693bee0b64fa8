"""Copies the pictures between the object store and the backup volume: ``media.py save`` or ``media.py restore``.

Objects are named by their content, so one that is there already needs no second look. Archives that somebody asked for
about themselves are for a day, and stay out.
"""
# ruff: noqa: T201  what it prints is read with kubectl logs

import sys
from pathlib import Path

from chassis.settings import load
from media_service.exports.packing import FOLDER
from media_service.settings import MediaSettings
from media_service.storage.store import Store, open_store

BACKUPS = Path("/backups/media")


def save(store: Store) -> None:
    """Fetch what the volume lacks."""
    for object_ in (item for batch in store.list("") for item in batch):
        target = BACKUPS / object_.key
        if not target.exists() and not object_.key.startswith(f"{FOLDER}/"):
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".part")
            with partial.open("wb") as file:
                store.fetch(object_.key, file)
            partial.rename(target)
            print(f"saved {object_.key}")


def restore(store: Store) -> None:
    """Put what the store lacks."""
    there = {item.key for batch in store.list("") for item in batch}
    for file in sorted(path for path in BACKUPS.rglob("*") if path.is_file() and path.suffix != ".part"):
        key = file.relative_to(BACKUPS).as_posix()
        if key not in there:
            with file.open("rb") as content:
                store.put(key, content)
            print(f"restored {key}")


{"save": save, "restore": restore}[sys.argv[1]](open_store(load(MediaSettings)))
