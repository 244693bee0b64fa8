"""Accounts: how soon a revoked token is refused, whether time tells which accounts there are, and what answers cost."""

from benchmarks.auth import answering, listing, logging_in, refreshing, revocation, timing_spread
from benchmarks.auth.webs import pair
from benchmarks.results import Figure


def measure(*, quick: bool) -> list[Figure]:
    """Each of the first two on a platform of its own; the others in one, beside a plain Django project."""
    figures = [*revocation.measure(quick=quick), *timing_spread.measure(quick=quick)]
    with pair() as webs:
        for part in (logging_in, refreshing, listing, answering):
            figures += part.measure(webs, quick=quick)
    return figures
