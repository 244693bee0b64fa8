"""How much room there is on the disks of some folders, measured whenever somebody asks for the metrics."""

import math
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from chassis.metrics import gauge


def show(folders: Mapping[str, Path]) -> None:
    """Show the disk of each folder, under a name for what it holds; NaN while the folder cannot be looked at."""
    for name, folder in folders.items():
        gauge("disk_free_bytes").labels(name).set_function(partial(_bytes, folder, "f_bavail"))
        gauge("disk_size_bytes").labels(name).set_function(partial(_bytes, folder, "f_blocks"))


def _bytes(folder: Path, blocks: str) -> float:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return math.nan
    return float(getattr(disk, blocks) * disk.f_frsize)
