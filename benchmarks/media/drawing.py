"""P6: the three renditions of a photograph of 12 megapixels by media's worker, beside Pillow done plainly, in turns."""

import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from benchmarks.media.pictures import photograph
from benchmarks.media.serving import Media
from benchmarks.processes import Measured
from benchmarks.results import Figure, median_ratio
from launcher import ROOT
from launcher.memory import pss_megabytes
from tests.support.waiting import eventually

MOST, MOST_MEGABYTES = 0.45, 250
LOOK_SECONDS = 0.01


def measure(media: Media, web: Measured, *, quick: bool) -> Iterator[Figure]:
    """What the worker takes for a picture, its children with it, until that is ready; Pillow takes the same file."""
    own, plain = list[float](), list[float]()
    file = media.folder / "photograph.jpg"
    worker = media.worker().process
    with _peak_megabytes(worker) as peaks:
        for turn in range(3 if quick else 8):
            file.write_bytes(photograph(4000, 3000))
            before = _cpu_seconds(worker)
            asset = media.upload(web, file.read_bytes())
            eventually(lambda asset=asset: media.is_ready(web, asset), seconds=60)  # type: ignore[misc]
            costs = _cpu_seconds(worker) - before, _pillow_seconds(str(file))
            if turn:  # the first warms up
                own.append(costs[0])
                plain.append(costs[1])
    ratio = median_ratio(own, plain)
    beside = {"worker, ms": round(statistics.median(own) * 1000), "Pillow, ms": round(statistics.median(plain) * 1000)}
    what = "three renditions of 12 megapixels: CPU of the worker over Pillow's"
    yield Figure(id="P6", what=what, value=ratio, unit="times", beside=beside, ratio=ratio).at_most(MOST)
    peak = Figure(id="P6-memory", what="the worker and its children at most, PSS", value=round(max(peaks)), unit="MB")
    yield peak.at_most(MOST_MEGABYTES)


def _cpu_seconds(process: psutil.Process) -> float:
    """Of a process and its children, those that have ended too."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(time.user + time.system + time.children_user + time.children_system for time in times)


def _pillow_seconds(file: str) -> float:
    command = [sys.executable, "-m", "benchmarks.media.pillow", file]
    return float(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)


@contextmanager
def _peak_megabytes(process: psutil.Process) -> Iterator[list[float]]:
    """What it weighs, again and again until the block ends."""
    over, seen = threading.Event(), [0.0]

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            seen.append(pss_megabytes(process.pid))

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()
