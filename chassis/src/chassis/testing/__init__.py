"""For tests: an issuer of tokens, a local server that stands for another program, and what light processes import."""

from chassis.testing.imports import imports_of_beat, imports_of_migrate, imports_of_migrate_wait, imports_of_web
from chassis.testing.local_server import LocalServer, Received, local_server
from chassis.testing.token_mint import TokenMint

__all__ = [
    "LocalServer",
    "Received",
    "TokenMint",
    "imports_of_beat",
    "imports_of_migrate",
    "imports_of_migrate_wait",
    "imports_of_web",
    "local_server",
]
