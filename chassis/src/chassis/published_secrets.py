"""Secrets that anybody can read in Broadsheet's repository, of now or of an earlier release.

They guard what only this machine reaches; everywhere else they are refused.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

BEGINNINGS = ("development-", "compose-")
PASSWORDS = frozenset({"compose"})


def is_published(secret: str) -> bool:
    """Whether a secret, or the password in a URL, stands in the repository."""
    return secret.startswith(BEGINNINGS) or _password(secret) in PASSWORDS


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address or a name (RFC 1122, RFC 4291, RFC 6761)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:  # another name
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:  # no URL
        return None
