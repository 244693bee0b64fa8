"""For tests: an issuer of tokens, a local server that stands for another program, and what waiting imports."""

from chassis.testing.local_server import LocalServer, Received, local_server
from chassis.testing.token_mint import TokenMint
from chassis.testing.waiting import wait_for_nothing

__all__ = ["LocalServer", "Received", "TokenMint", "local_server", "wait_for_nothing"]
