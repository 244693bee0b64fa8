"""How long an idle HTTP connection from the gateway to a service is kept: its client gives it up first.

A server that closes one just as a request is sent on it makes that request fail (RFC 9112, 9.5).
"""

CLIENT_SECONDS = 5
"""By the gateway."""
DRAINING_SERVER_SECONDS = 6
"""By a service's web process that stops, which answers what still comes with ``Connection: close``."""
SERVER_SECONDS = 75
"""By a service's web process."""
