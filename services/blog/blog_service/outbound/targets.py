"""Addresses that users name for us to ask: what of them is taken, and where it leads at this moment."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from blog_service.outbound.addresses import is_loopback, is_public
from blog_service.settings import settings

LONGEST_URL = 2000
MOST_ADDRESSES = 4
"""The most addresses of a name; the others are not tried."""
RESOLVE_SECONDS = 5
MOST_RESOLVERS = 8
"""Threads that may wait for names at a time; further ones wait for these, as long as for a name."""
PORTS = {"http": 80, "https": 443}
Resolve = Callable[..., list[tuple[Any, ...]]]
"""A function as ``socket.getaddrinfo``."""


class TargetRefused(ValueError):  # noqa: N818  says what happened
    """We do not ask there; the message says why, without a word on what is there."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL says, and the addresses at which it was found, each of which may be asked."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"


def target_of(url: str, resolve: Resolve = socket.getaddrinfo) -> Target:
    """Where a URL leads now. The name is resolved once: connect to the addresses, not to the name.

    Raises TargetRefused. Whoever stores a URL asks again each time that they use it, for a name may lead elsewhere.
    """
    scheme, host, port, path = _parts(url)
    addresses = _resolved(host, port, resolve)
    if settings().webhook_loopback and all(map(is_loopback, addresses)):
        return Target(scheme, host, port, path, addresses)
    if scheme != "https":
        raise TargetRefused("Only https:// is taken.")
    if port not in settings().webhook_ports_taken:
        raise TargetRefused(f"Only these ports are taken: {settings().webhook_ports}.")
    if not all(map(is_public, addresses)):
        raise TargetRefused("This does not lead to a public address.")
    return Target(scheme, host, port, path, addresses)


def _parts(url: str) -> tuple[str, str, int, str]:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise TargetRefused(f"A URL has at most {LONGEST_URL} printable ASCII characters, and none of space and \\.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise TargetRefused("This is no URL.") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise TargetRefused("Only https:// with a host is taken.")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise TargetRefused("A URL has neither a password nor a fragment here.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, PORTS[parts.scheme] if port is None else port, path


def _resolved(host: str, port: int, resolve: Resolve) -> tuple[str, ...]:
    """In a thread that is left behind when it takes too long: the system's resolver has no limit of its own."""
    looking = _resolvers().submit(resolve, host, port, type=socket.SOCK_STREAM)
    try:
        found = looking.result(RESOLVE_SECONDS)
    except TimeoutError as error:
        looking.cancel()
        raise TargetRefused("This name was not found in time.") from error
    except (OSError, UnicodeError) as error:
        raise TargetRefused("This name leads nowhere.") from error
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))[:MOST_ADDRESSES]


@cache
def _resolvers() -> ThreadPoolExecutor:
    """The resolvers of this process, which has been forked by then."""
    return ThreadPoolExecutor(MOST_RESOLVERS, "resolver")
