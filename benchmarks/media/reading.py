"""What sending a rendition costs that is ready: beside the commit pictures were begun at, and beside FileResponse."""

import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.gateway.load import ask
from benchmarks.media.serving import Media, plain_folder
from benchmarks.processes import Measured
from benchmarks.results import Figure, median_ratio
from tests.support.photographs import photograph

EARLIER = "80cb864"
CLIENTS = 2
PICTURES, PRESET = 4, "thumb"
MOST_OF_EARLIER, MOST_OF_PLAIN = 0.15, 0.6


def measure(now: tuple[Media, Measured], then: Media, plain: Measured, *, quick: bool) -> Iterator[Figure]:
    """A few pictures, each asked for again and again, as readers of a page do."""
    turns, requests = (3, 200) if quick else (9, 600)
    then.migrate()
    asked = {media.name: (web, _pictures(media, web)) for media, web in (now, (then, then.web()))}
    asked["FileResponse"] = plain, _copies(now[0], plain_folder(now[0].started))
    costs: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(turns + 1):
        for name, (web, paths) in asked.items():
            before = web.own_cpu_micros()
            ask(web.port, [_get(paths[n % len(paths)]) for n in range(requests)], CLIENTS)
            if turn:  # the first warms up
                costs[name].append((web.own_cpu_micros() - before) / requests)
    beside = {f"{name}, µs": round(statistics.median(cost)) for name, cost in costs.items()}
    for other, most in ((then.name, MOST_OF_EARLIER), ("FileResponse", MOST_OF_PLAIN)):
        what = f"a rendition that is ready: CPU over that of {other}"
        ratio = median_ratio(costs[now[0].name], costs[other])
        figure = Figure(id=f"picture-get-{other}", what=what, value=ratio, unit="times", beside=beside, ratio=ratio)
        yield figure.at_most(most)


def _pictures(media: Media, web: Measured) -> list[str]:
    """Paths of pictures that are ready."""
    assets = [media.upload(web, photograph(800, 600, seed=str(number))) for number in range(PICTURES)]
    for asset in assets:
        media.render(asset)
    return [urlsplit(asset["urls"][PRESET]).path for asset in assets]


def _copies(media: Media, folder: Path) -> list[str]:
    """Paths of the same files, which are the smallest, for Starlette to send."""
    drawn = sorted(media.folder.glob("media/*/*/*.webp"), key=lambda path: path.stat().st_size)
    return [f"/{Path(shutil.copy(path, folder)).name}" for path in drawn[:PICTURES]]


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: image/webp,*/*\r\n\r\n".encode()
