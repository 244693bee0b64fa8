"""Accounts: how soon a revoked token is refused, and whether time tells which accounts there are."""

from benchmarks.auth import revocation, timing_spread
from benchmarks.results import Figure


def measure(*, quick: bool) -> list[Figure]:
    """Both, each on a platform of its own."""
    return [*revocation.measure(quick=quick), *timing_spread.measure(quick=quick)]
