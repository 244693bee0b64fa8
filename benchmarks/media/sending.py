"""What a picture costs on its way in, beside a plain handler that keeps its bytes, and one that is too large."""

import http.client
import statistics
from collections.abc import Callable, Iterator
from contextlib import suppress

from benchmarks.media.pictures import photograph
from benchmarks.media.serving import Media, form
from benchmarks.processes import Measured
from benchmarks.results import Figure, median_ratio

MOST_OVER_PLAIN = 1.5
REFUSED_MEGABYTES, MOST_MEGABYTES = 500, 2
PIXELS = 2900, 2000
"""Which make about 5 MB where neighbours have nothing to do with each other."""


def measure(media: Media, web: Measured, plain: Measured, *, quick: bool) -> Iterator[Figure]:
    """Of the web process alone: its children decode the picture, which the plain handler does not."""
    costs: dict[str, list[float]] = {"media": [], "plain": []}
    picture = photograph(*PIXELS, contrast=90)
    megabytes = len(picture) / 1e6
    for turn in range(4 if quick else 16):
        taken = _cost(web, lambda: media.upload(web, picture)), _cost(plain, lambda: _post(plain, picture))
        if turn:  # the first warms up
            for of_one, micros in zip(costs.values(), taken, strict=True):
                of_one.append(micros / megabytes)
    beside = {f"{name}, µs per MB": round(statistics.median(each)) for name, each in costs.items()}
    ratio = median_ratio(costs["media"], costs["plain"])
    what = f"upload of {megabytes:.1f} MB: CPU per MB over that of a plain handler"
    yield Figure(id="upload", what=what, value=ratio, unit="times", beside=beside, ratio=ratio).at_most(MOST_OVER_PLAIN)
    grown = round(_growth_megabytes(media, web), 1)
    what = f"a body of {REFUSED_MEGABYTES} MB that is refused: memory of the web process"
    yield Figure(id="upload-refused", what=what, value=grown, unit="MB").at_most(MOST_MEGABYTES)


def _cost(web: Measured, ask: Callable[[], object]) -> float:
    before = web.own_cpu_micros()
    ask()
    return web.own_cpu_micros() - before


def _post(plain: Measured, body: bytes) -> None:
    connection = plain.connection()
    connection.request("POST", "/", body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 201:
        raise AssertionError(f"{plain.name}: {answer.status}")


def _growth_megabytes(media: Media, web: Measured) -> float:
    """By how much a body that says no length has the process grow at most."""
    web.forget_peak()
    before = web.resident_bytes()
    connection = web.connection()
    headers = media.headers() | {"Transfer-Encoding": "chunked"}
    with suppress(BrokenPipeError, ConnectionResetError):  # it is refused before all was sent
        connection.request("POST", "/api/v1/media", _endless_form(), headers, encode_chunked=True)
    status = _status_of(connection)
    if status not in {413, None}:
        raise AssertionError(f"a body of {REFUSED_MEGABYTES} MB is answered with {status}")
    return (web.peak_bytes() - before) / 1e6


def _status_of(connection: http.client.HTTPConnection) -> int | None:
    """None where the refusal was lost with the connection."""
    try:
        return connection.getresponse().status
    except (http.client.HTTPException, OSError):
        return None
    finally:
        connection.close()


def _endless_form() -> Iterator[bytes]:
    yield form(b"\xff\xd8\xff").rpartition(b"\r\n--")[0]
    for _ in range(REFUSED_MEGABYTES):
        yield bytes(1_000_000)
