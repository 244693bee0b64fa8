"""Which addresses of the Internet may be asked on behalf of users, and which may not.

What is not public, or leads to what is not by way of a translator or a tunnel, is not asked. The chart excepts the same
networks from what the worker may reach.
https://www.iana.org/assignments/iana-ipv4-special-registry https://www.iana.org/assignments/iana-ipv6-special-registry
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

REFUSED_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private (RFC 1918)
            "100.64.0.0/10",  # shared by a provider's customers (RFC 6598)
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, metadata of clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocols
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
UNICAST_V6 = IPv6Network("2000::/3")
"""All that is given out. Loopback, mapped IPv4, NAT64, link-local and private addresses lie outside."""
REFUSED_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocols: Teredo, benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, in which an IPv4 address is hidden
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(address: str) -> bool:
    """Whether anybody on the Internet may be meant by it; raises ValueError for what is no address."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in REFUSED_V4)
    return _is_public_v6(parsed)


def is_loopback(address: str) -> bool:
    """Whether it is this machine itself, said plainly."""
    return ip_address(address).is_loopback


def _is_public_v6(address: IPv6Address) -> bool:
    return address in UNICAST_V6 and not any(address in network for network in REFUSED_V6)
