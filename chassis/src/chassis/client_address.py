"""The address of the client behind proxies, as far as trusted ones vouch for it.

Each proxy adds the peer it saw to the end of a list. What stands left of an entry that no trusted proxy wrote was made
up by whoever sent it, so the list is read from its end, and only while whoever wrote the entry is trusted.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from chassis.settings_error import SettingsError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

Header = Literal["X-Forwarded-For", "Forwarded"]

_PORT = r"(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]+))?"  # a proxy may hide the number (RFC 7239, 6.2)
_WITH_PORT = re.compile(rf"\[([^\[\]]+)\]{_PORT}|([0-9.]+){_PORT}")
_PAIR = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(\"(?:[^\"\\]|\\.)*\"|[^\s\";,]*)")
_ELEMENT = re.compile(rf"\s*{_PAIR.pattern}\s*(?:;\s*{_PAIR.pattern}\s*)*;?\s*")
_MAPPED_BITS = 96


class TrustedProxies:
    """Reads one header, that which the trusted proxies write; another one would be the client's own word."""

    def __init__(self, trusted: Sequence[Network], header: Header = "X-Forwarded-For") -> None:
        self.header = header
        self._trusted = trusted
        self._read = _of_forwarded if header == "Forwarded" else address

    def trusts(self, peer: str) -> bool:
        """Whether headers about the client that come from this peer are believed."""
        found = address(peer)
        return found is not None and self._includes(found)

    def client(self, peer: str, lines: Iterable[str]) -> str:
        """The client of a connection from ``peer`` with these lines of the header, the first one first.

        It is the last address that is known when nobody trusted knows more: an entry that is no address (``unknown``,
        a hidden name, garbage) ends the search. An IPv4 address is told as such however it was written.
        """
        found = address(peer)
        if found is None:  # a socket without addresses
            return peer
        entries = [entry for line in lines for entry in line.split(",") if entry.strip()] if self._trusted else []
        while entries and self._includes(found) and (told := self._read(entries.pop())):
            found = told
        return str(found)

    def _includes(self, found: Address) -> bool:
        return any(found in network for network in self._trusted)


@lru_cache(maxsize=1000)
def address(text: str) -> Address | None:
    """The IP address in a text, which may have quotes, brackets, a port and a zone around it; None for anything else.

    An IPv4 address that is written as IPv6 (RFC 4291, 2.5.5.2) is the IPv4 address. A zone means something on the
    machine that wrote it alone, and is left out.
    """
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = re.sub(r"\\(.)", r"\1", bare[1:-1])
    if match := _WITH_PORT.fullmatch(bare):
        bare = match[1] or match[2]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped or IPv6Address(int(found))
    return found


def networks(text: str, variable: str) -> tuple[Network, ...]:
    """The networks of a comma-separated setting; raises SettingsError that names the variable."""
    try:
        return tuple(_unmapped(ip_network(item.strip())) for item in text.split(",") if item.strip())
    except ValueError as error:
        raise SettingsError(f"{variable}: {error}; write networks like 10.0.0.0/8 or fd00::/8.") from error


def _unmapped(network: Network) -> Network:
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is None or network.prefixlen < _MAPPED_BITS:
        return network
    return IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))


def _of_forwarded(element: str) -> Address | None:
    """The ``for`` of an element of Forwarded (RFC 7239, 4). A comma ends it even in quotes: an open quote that a
    client sent would else swallow what the proxy added behind it."""
    pairs = _PAIR.findall(element) if _ELEMENT.fullmatch(element) else []
    said = [value for name, value in pairs if name.lower() == "for"]
    return address(said[0]) if len(said) == 1 else None
