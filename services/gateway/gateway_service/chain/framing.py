"""First link: framing, before anything is made of the request (RFC 9110, RFC 9112).

What is no HTTP, too long, or could be read in two ways, the door has found already (``door/head.py``). It is refused
here, with all the rest.
"""

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal

_ONCE = frozenset({b"host", b"authorization", b"origin", b"content-type", b"content-length", b"transfer-encoding"})


def framing(exchange: Exchange) -> None:
    """Refuse what the door found, repeated headers that two readers could choose between, and other protocols."""
    refusal, fields = exchange.turn.head.refusal, exchange.fields
    if refusal:
        raise refusal
    if len(fields) != len(exchange.headers):
        _refuse_repetitions(exchange)
    if b"upgrade" in fields and fields[b"upgrade"].lower() == b"websocket":
        raise Refusal("header_invalid", "WebSockets are not served here.")


def _refuse_repetitions(exchange: Exchange) -> None:
    seen: set[bytes] = set()
    for name, _ in exchange.headers:
        if name in seen and name in _ONCE:
            raise Refusal("header_invalid", f"The header {name.decode('latin-1')} may occur once only.")
        seen.add(name)
