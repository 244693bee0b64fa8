"""What a link of the chain is."""

from collections.abc import Awaitable, Callable

from gateway_service.exchange import Exchange, Response

Outcome = Response | None
Link = Callable[[Exchange], Outcome | Awaitable[Outcome]]
"""Looks at an exchange and passes it on (None), answers it, or raises a Problem; awaitable only where it must wait."""
