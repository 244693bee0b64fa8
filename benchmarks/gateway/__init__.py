"""The gateway beside HAProxy, nginx and naive code: in turns in one run, of one service.

Needs ``nginx`` and ``haproxy`` (the Debian packages). The gateway runs as it does in production, with its log and its
metrics; HAProxy verifies the token's signature, issuer, audience and time, and keeps no log; nginx only passes on.
"""

from chassis.testing import TokenMint

from benchmarks.gateway import cached, idle, latency, overload, proxied, transfers
from benchmarks.gateway.peers import field
from benchmarks.results import Figure


def measure(*, quick: bool) -> list[Figure]:
    """What a request costs, kept or passed on, what it waits for, and what many and large ones cost."""
    mint = TokenMint("https://broadsheet.test", "broadsheet")
    figures: list[Figure] = []
    for part in (proxied, cached, latency, overload, transfers, idle):
        with field(mint) as start:
            figures += part.measure(start, mint, quick=quick)
    return figures
