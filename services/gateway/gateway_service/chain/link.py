"""What a link of the chain is, and what stands behind the last one."""

from collections.abc import Awaitable, Callable

from gateway_service.exchange import Exchange
from gateway_service.messages import Give, Response

Outcome = Response | None
Link = Callable[[Exchange], Outcome | Awaitable[Outcome]]
"""Looks at an exchange and passes it on (None), answers it, or raises a Problem; awaitable only where it must wait."""

Forwarding = Callable[[Exchange, Give], None]
"""Gets the response of an exchange that passed all links, and gives it, or a Problem, at once or later.

What may change it, keep it or do without it wraps a Forwarding and is one. It may also raise a Problem at once.
"""
