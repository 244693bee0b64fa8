"""Who makes an attempt, as far as brakes can tell."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address

from chassis.client_address import Address, address
from django.http import HttpRequest
from rest_framework.request import Request

from auth_service.settings import settings

_OF_A_SUBSCRIBER = 64  # bits of an IPv6 address: the rest is the subscriber's own to choose (RFC 6177)


@dataclass(frozen=True, slots=True)
class Client:
    """A client by its address; None where that is not known."""

    address: Address | None

    @classmethod
    def of(cls, request: HttpRequest | Request) -> "Client":
        """The client of a request, whose REMOTE_ADDR a middleware has made that of the client."""
        return cls(address(request.META.get("REMOTE_ADDR", "")))

    @property
    def network(self) -> str:
        """What one subscriber has: an IPv4 address, or 64 bits of an IPv6 one."""
        return network_of(self.address)

    @property
    def is_loopback(self) -> bool:
        return self.address is not None and self.address.is_loopback

    def is_among(self, addresses: Iterable[str | None]) -> bool:
        """Whether the client is in the network of one of these."""
        return self.address is not None and self.network in {network_of(address(text)) for text in addresses if text}


def network_of(client: Address | None) -> str:
    if isinstance(client, IPv6Address):
        return f"{int(client) >> (128 - _OF_A_SUBSCRIBER):x}::/64"
    return str(client)


def key_of(*parts: object) -> str:
    """What a store knows of a subject: a keyed hash, for names and addresses are easily guessed."""
    return _keyed(settings().secret_key, *parts)


def former_key_of(*parts: object) -> str:
    """What it knew of a subject under the AUTH_SECRET_KEY before, while that still counts; else empty."""
    secret = settings().secret_key_fallback
    return _keyed(secret, *parts) if secret else ""


def _keyed(secret: str, *parts: object) -> str:
    named = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return hmac.digest(secret.encode(), b"broadsheet auth brakes\0" + named, "sha256")[:16].hex()
