"""What is remembered of the device a user logs in from."""

from typing import TypedDict

from chassis.client_address import address
from django.http import HttpRequest
from rest_framework.request import Request


class Device(TypedDict):
    user_agent: str
    ip: str | None


def device_of(request: HttpRequest | Request) -> Device:
    """The client's address, as far as it is known, and the name the client gives itself."""
    found = address(request.META.get("REMOTE_ADDR", ""))
    return Device(user_agent=request.META.get("HTTP_USER_AGENT", "")[:255], ip=str(found) if found else None)
