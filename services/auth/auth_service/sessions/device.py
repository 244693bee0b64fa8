"""What is remembered of the device a user logs in from."""

import ipaddress
from typing import TypedDict

from rest_framework.request import Request


class Device(TypedDict):
    user_agent: str
    ip: str | None


def device_of(request: Request) -> Device:
    """The first address of X-Forwarded-For, which the gateway writes afresh, and the name the client gives itself."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")[0].strip()
    return Device(
        user_agent=request.headers.get("User-Agent", "")[:255],
        ip=_address(forwarded or request.META.get("REMOTE_ADDR", "")),
    )


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
