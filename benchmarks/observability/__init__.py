"""What it costs to be seen: CPU of requests with and without, and time series."""

from benchmarks.observability import requests, series
from benchmarks.results import Figure


def measure(*, quick: bool) -> list[Figure]:
    """Gateway, blog and media, one after the other, and then the whole platform."""
    return [*requests.measure(quick=quick), *series.measure(quick=quick)]
