"""Says that the door answers, for who cannot reach the admin port or know our names: balancers before the gateway."""

from gateway_service.exchange import Exchange
from gateway_service.messages import Response

LIVEZ = "/livez"
_ALIVE = Response(200, b'{"status": "ok"}', ((b"content-type", b"application/json"), (b"cache-control", b"no-store")))


def livez(exchange: Exchange) -> Response | None:
    """Answer ``GET /livez`` whatever Host says."""
    if exchange.raw_path != b"/livez" or exchange.method not in {"GET", "HEAD"}:
        return None
    exchange.template = LIVEZ
    return _ALIVE
