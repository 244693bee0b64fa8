"""What it costs to be seen: CPU of requests with and without."""

from benchmarks.observability import requests
from benchmarks.results import Figure


def measure(*, quick: bool) -> list[Figure]:
    """Gateway, blog and media, one after the other."""
    return list(requests.measure(quick=quick))
