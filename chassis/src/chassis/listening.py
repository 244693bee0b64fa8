"""Listening on an address, with one meaning in every server: ``::`` takes IPv4 too.

Python's servers differ in whether ``::`` is IPv6 alone, and the kernel has a default of its own (RFC 3493, 5.3).
"""

import socket

from chassis.settings_error import SettingsError


def listener(host: str, port: int, setting: str) -> socket.socket:
    """A socket that listens, for a server to take over.

    ``host`` is an address, with or without brackets, or a name of this machine. Raises SettingsError, with the setting
    to change, where that is not possible.
    """
    bare = host.strip("[]")
    try:
        family, address = resolved(bare)
        return socket.create_server((address, port), family=family, dualstack_ipv6=family == socket.AF_INET6)
    except OSError as error:
        where = f"[{bare}]" if ":" in bare else bare
        reason = str(error.strerror).partition(" (")[0]
        sentence = f"{where}:{port} cannot be listened on ({reason}); stop what uses it or set {setting}."
        raise SettingsError(sentence) from error


def resolved(host: str) -> tuple[socket.AddressFamily, str]:
    """Family and address of a host to listen on; raises OSError."""
    found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, sockaddr = found[0]
    return family, str(sockaddr[0])
