"""Loopback ports: which are free, which answer."""

import socket

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on the port now."""
    bare = host.strip("[]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    try:
        socket.create_server((bare, port), family=family, dualstack_ipv6=family == socket.AF_INET6).close()
    except OSError:
        return False
    return True


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether somebody accepts connections on the port."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
