"""What clients meet: pages on a phone with slow 4G, and a folder of posts and pictures that goes up."""

import tempfile
from pathlib import Path

from benchmarks.clients import pages, pushing
from benchmarks.results import Figure
from tests.support.platform import Platform


def measure(*, quick: bool) -> list[Figure]:
    """Both on one embedded platform with the demo content."""
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder,
        Platform(Path(folder) / "var") as platform,
    ):
        figures = pages.measure(platform.base_url, Path(folder), quick=quick)
        return figures + pushing.measure(platform.base_url, Path(folder), quick=quick)
