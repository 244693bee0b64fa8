"""For tests: an issuer of tokens, and a local server that stands for another program."""

from chassis.testing.local_server import LocalServer, Received, local_server
from chassis.testing.token_mint import TokenMint

__all__ = ["LocalServer", "Received", "TokenMint", "local_server"]
