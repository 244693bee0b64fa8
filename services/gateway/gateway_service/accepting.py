"""What a client would rather have, of what both programs and browsers ask for."""

from gateway_service.exchange import Exchange


def prefers_json(exchange: Exchange) -> bool:
    """Whether a program asks, and no browser."""
    return b"json" in exchange.fields.get(b"accept", b"").lower()


def prefers_html(exchange: Exchange) -> bool:
    """Whether a browser asks for a page."""
    return b"text/html" in exchange.fields.get(b"accept", b"").lower() and not prefers_json(exchange)
