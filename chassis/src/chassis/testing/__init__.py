"""For tests: an issuer of tokens, a local server that stands for another program, and what light processes import."""

from chassis.testing.light import begin_to_beat, begin_to_serve, migrate_nothing, wait_for_nothing
from chassis.testing.local_server import LocalServer, Received, local_server
from chassis.testing.token_mint import TokenMint

__all__ = [
    "LocalServer",
    "Received",
    "TokenMint",
    "begin_to_beat",
    "begin_to_serve",
    "local_server",
    "migrate_nothing",
    "wait_for_nothing",
]
