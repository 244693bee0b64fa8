"""Blog: what reading and writing cost beside simpler code and beside earlier code, and what a million posts change.

All on one private PostgreSQL, whose data is gone afterwards. The home feed has a benchmark of its own. Ten minutes on a
quiet machine with two cores: half of it loads the million.
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.blog import growth, memory, reading, writing
from benchmarks.blog.serving import run_blog
from benchmarks.results import Figure
from launcher.servers import Postgres

FEW, MANY, QUICK_MANY = 1_000, 1_000_000, 5_000
LOAD_SECONDS = 300


def measure(*, quick: bool) -> list[Figure]:
    """P5, what writing costs, P8, how long the sample takes to load, and memory."""
    many = QUICK_MANY if quick else MANY
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as name:
        folder = Path(name)
        postgres = Postgres(folder, settings={"shared_buffers": "256MB", "max_wal_size": "4GB"})
        with postgres:
            urls = {each: postgres.create_database(each) for each in ("few", "many", "now", "then")}
            slugs = [f"sample-{number}" for number in range(FEW)]
            _loaded(urls["few"], FEW, folder)
            figures = [_loaded(urls["many"], many, folder)]
            _vacuum(postgres)
            figures += reading.measure(urls["few"], slugs, quick=quick)
            figures += writing.measure(urls["now"], urls["then"], quick=quick)
            figures += growth.measure((urls["few"], FEW), (urls["many"], many), quick=quick)
            figures += memory.measure(urls["few"], slugs, quick=quick)
        postgres.remove()
    return figures


def _vacuum(postgres: Postgres) -> None:
    """Do at once what the database does by itself within minutes, so that it does not while others are measured."""
    command = [*postgres.client("vacuumdb"), "--username=broadsheet", "--all", "--analyze", "--quiet"]
    subprocess.run(command, env=os.environ | {"PGPASSWORD": postgres.password}, check=True)


def _loaded(url: str, posts: int, folder: Path) -> Figure:
    """Fill an empty database with a sample."""
    run_blog(url, "migrate", folder=folder)
    began, before = time.monotonic(), os.times()
    run_blog(url, "manage", "load_sample", "--posts", str(posts), folder=folder)
    seconds, after = round(time.monotonic() - began), os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Figure(
        id="load-sample",
        what=f"load_sample --posts {posts}",
        value=seconds,
        unit="s",
        beside={"CPU of the loader, s": round(cpu), "load average": round(os.getloadavg()[0], 1)},
    ).at_most(LOAD_SECONDS)
